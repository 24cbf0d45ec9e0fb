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
    package var outputs: [OutputReport] = []
    package var sessionUploads: [SessionUploadReport] = []

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

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        isRunning = try container.decode(Bool.self, forKey: .isRunning)
        processID = try container.decodeIfPresent(Int32.self, forKey: .processID)
        outbox = try container.decode(OutboxReport.self, forKey: .outbox)
        straps = try container.decode([StrapReport].self, forKey: .straps)
        destinations = try container.decode([DestinationReport].self, forKey: .destinations)
        // An older uploader has none.
        outputs = try container.decodeIfPresent([OutputReport].self, forKey: .outputs) ?? []
        sessionUploads = try container.decodeIfPresent([SessionUploadReport].self, forKey: .sessionUploads) ?? []
    }

    enum CodingKeys: String, CodingKey {
        case outbox, straps, destinations, outputs
        case isRunning = "running"
        case sessionUploads = "session_uploads"
        case processID = "process_id"
    }
}
