import FoundationEssentials
import Glibc
import HTTPTypes
import HummingbirdCore
import NIOCore

/// An answer, complete.
struct HubResponse: Sendable {
    var status: HTTPResponse.Status
    var fields: HTTPFields
    var body: ByteBuffer

    static let empty = HubResponse(status: .ok, fields: [:], body: ByteBuffer())

    /// The answer to a browser that asks before it calls (CORS preflight).
    static func preflight(allowing methods: String) -> HubResponse {
        let fields: HTTPFields = [
            .accessControlAllowMethods: methods,
            .accessControlAllowHeaders: "Authorization, Authentication, Content-Type",
            .accessControlMaxAge: "86400", .allow: methods,
        ]
        return HubResponse(status: .noContent, fields: fields, body: ByteBuffer())
    }

    static func text(_ text: String, contentType: String) -> HubResponse {
        HubResponse(status: .ok, fields: [.contentType: contentType], body: ByteBuffer(string: text))
    }

    static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, fields: HTTPFields = [:]
    ) -> HubResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // The messages of the API are strings, whole numbers and booleans, which always encode.
        let body = (try? encoder.encode(value)) ?? Data()
        var fields = fields
        fields[.contentType] = HubResponse.jsonContentType
        return HubResponse(status: status, fields: fields, body: ByteBuffer(bytes: body))
    }

    static let jsonContentType = "application/json"

    /// Sends it. The body is omitted from the answer to a `HEAD`; the header tells the length that it would have.
    func write(to writer: consuming ResponseWriter, isBodyOmitted: Bool) async throws {
        var head = HTTPResponse(status: status, headerFields: fields)
        if status != .noContent { head.headerFields[.contentLength] = String(body.readableBytes) }
        // Any page may call the hub: what is protected is protected by tokens, which a browser never adds by itself.
        head.headerFields[.accessControlAllowOrigin] = "*"
        head.headerFields[.date] = HTTPDate.text(secondsSinceEpoch: time(nil))
        if isBodyOmitted || body.readableBytes == 0 {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
        }
    }
}
