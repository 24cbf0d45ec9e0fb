import Console
import DateFormats
package import Outbox
import TextFormats

/// An upload as `strapline session uploads --json` prints it.
package struct SessionUploadRecord: Encodable {
    let session: Int64
    let strap: String
    let destination: String
    let state: String
    let at: String
    let externalID: String
    let remoteID: String?
    let reason: String?

    enum CodingKeys: String, CodingKey {
        case session, strap, destination, state, at, reason
        case externalID = "external_id"
        case remoteID = "remote_id"
    }

    package init(_ upload: SessionUpload) {
        session = upload.id
        strap = upload.strap
        destination = upload.destination
        state = SessionUploadText.word(upload.state)
        at = ISO8601.text(milliseconds: upload.atMilliseconds)
        externalID = upload.externalID
        remoteID = upload.remoteID
        reason = upload.reason
    }
}

/// Uploads as text.
package enum SessionUploadText {
    private static let titles = ["SESSION", "STRAP", "DESTINATION", "STATE", "SINCE"]
    private static let reasonScalars = 2_000

    /// A table, and the reasons below it.
    package static func lines(of uploads: [SessionUpload]) -> [String] {
        guard !uploads.isEmpty else { return ["No session is uploaded, or waits for it."] }
        let rows = uploads.map { upload in
            [
                "\(upload.id)", upload.strap, upload.destination, word(upload.state),
                WallTime.dateAndTime(ofMilliseconds: upload.atMilliseconds),
            ]
        }
        let reasons = uploads.compactMap { upload in
            upload.reason.map { "\(upload.id) to \(upload.destination): \($0.printable(scalars: reasonScalars))" }
        }
        return TextTable.lines(of: [titles] + rows) + reasons
    }

    static func word(_ state: SessionUpload.State) -> String {
        switch state {
        case .waiting: "waiting"
        case .uploaded: "uploaded"
        case .setAside: "set aside"
        }
    }
}
