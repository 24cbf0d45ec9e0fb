/// The shape of `strapline status --json`. Unknown values are left out; ages are in milliseconds.
///
/// A running uploader sends it without the outbox's counts. The client reads them from the file, so that counting a
/// backlog costs the uploader nothing.
package struct StatusReport: Codable, Equatable, Sendable {
    /// Whether an uploader has answered.
    package var isRunning: Bool
    package var processID: Int32?
    package var outbox: OutboxReport
    package var straps: [StrapReport] = []
    package var destinations: [DestinationReport] = []

    package init(
        isRunning: Bool, processID: Int32? = nil, outbox: OutboxReport, straps: [StrapReport] = [],
        destinations: [DestinationReport] = []
    ) {
        self.isRunning = isRunning
        self.processID = processID
        self.outbox = outbox
        self.straps = straps
        self.destinations = destinations
    }

    enum CodingKeys: String, CodingKey {
        case outbox, straps, destinations
        case isRunning = "running"
        case processID = "process_id"
    }
}
