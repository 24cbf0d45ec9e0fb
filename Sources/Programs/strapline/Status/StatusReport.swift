/// The shape of `strapline status --json`. What is not known is left out; ages are in milliseconds.
///
/// A running uploader sends it without the outbox's counts: whoever asks reads them from the file, so that counting a
/// backlog costs the uploader nothing.
struct StatusReport: Codable, Equatable, Sendable {
    /// Whether an uploader has answered.
    var isRunning: Bool
    var processID: Int32?
    var outbox: OutboxReport
    var straps: [StrapReport] = []
    var destinations: [DestinationReport] = []

    enum CodingKeys: String, CodingKey {
        case outbox, straps, destinations
        case isRunning = "running"
        case processID = "process_id"
    }
}
