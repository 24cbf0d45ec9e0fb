package import Recordings

/// A place that takes the files of sessions. When to send, retry and set aside is decided by ``SessionUploadService``.
package protocol SessionDestination: Sendable {
    /// The format of its files.
    var format: RecordingFormat { get }

    /// Sends the file once, and returns the outcome. When the task is cancelled the outcome is not known.
    func upload(_ file: SessionFile) async -> SessionUploadOutcome

    /// Looks for a session whose upload has no known outcome.
    func find(_ file: SessionFile) async -> SessionSearchOutcome
}

extension SessionDestination {
    /// Of a place that takes the same session twice without harm.
    package func find(_ file: SessionFile) async -> SessionSearchOutcome { .missing }
}

/// The outcome of an upload. The service's own message is in `reason`, with the fix.
package enum SessionUploadOutcome: Sendable, Equatable {
    /// The service has the session, now or from an earlier upload. `id` is its name for it.
    case uploaded(id: String?)
    /// Not now; not before `after` if the service named a time.
    case tryLater(after: Duration?, reason: String)
    /// The service rejects this session for good.
    case refused(reason: String)
    /// The service rejects everything until the user fixes the key or the configuration.
    case pause(reason: String)
}

package enum SessionSearchOutcome: Sendable, Equatable {
    case found(id: String?)
    /// It is not there, or the service cannot be asked and takes it twice without harm.
    case missing
    /// The service could not be asked.
    case failed(SessionUploadOutcome)
}

/// A finished session as a file.
package struct SessionFile: Sendable, Equatable {
    /// The same for the same session, different for every other.
    package let externalID: String
    /// `Heart rate of anna`
    package let title: String
    /// The file's name with its extension. It sorts by time.
    package let name: String
    package let startMilliseconds: Int64
    package let endMilliseconds: Int64
    package let bytes: [UInt8]

    package init(
        externalID: String, title: String, name: String, startMilliseconds: Int64, endMilliseconds: Int64,
        bytes: [UInt8]
    ) {
        self.externalID = externalID
        self.title = title
        self.name = name
        self.startMilliseconds = startMilliseconds
        self.endMilliseconds = endMilliseconds
        self.bytes = bytes
    }
}
