import DateFormats
import FoundationEssentials
import Glibc
import HTTPTypes
import HubAPI
import HummingbirdCore
import NIOCore

/// A complete answer.
struct HubResponse: Sendable {
    var status: HTTPResponse.Status
    var fields: HTTPFields
    var body: ByteBuffer

    static let empty = HubResponse(status: .ok, fields: [:], body: ByteBuffer())

    /// The answer to a reading: it offers the hub's own call for readings to an uploader.
    static let keptReading: HubResponse = {
        var response = empty
        if let name = HTTPField.Name(DetailedReadings.extensionsHeader) {
            response.fields[name] = DetailedReadings.extensionName
        }
        return response
    }()

    /// The answer to a browser's CORS preflight.
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

    /// Bytes of a body that are written at once.
    private static let pieceBytes = 8 << 10

    static let jsonContentType = "application/json"

    /// How long a browser insists on TLS after a visit over TLS. One day: the rule holds for every port of the host,
    /// so a mistake must end soon.
    private static let strictTransportSecurity = "max-age=86400"

    /// Adds header fields that protect the answer: no storage unless it allows it itself, never if the address holds
    /// a token, and no guessing of its type.
    func protected(isSecure: Bool, hasTokenInAddress: Bool) -> HubResponse {
        var response = self
        // Fields that an answer cannot have yet are appended: setting one looks through all.
        if !fields.contains(.xContentTypeOptions) {
            response.fields.append(HTTPField(name: .xContentTypeOptions, value: "nosniff"))
        }
        if !fields.contains(.cacheControl) {
            response.fields.append(HTTPField(name: .cacheControl, value: "no-store"))
        } else if hasTokenInAddress {
            response.fields[.cacheControl] = "no-store"
        }
        if isSecure {
            response.fields.append(
                HTTPField(name: .strictTransportSecurity, value: Self.strictTransportSecurity))
        }
        return response
    }

    /// Sends it. The answer to a `HEAD` has no body, but its length.
    func write(to writer: consuming ResponseWriter, isBodyOmitted: Bool) async throws {
        var head = HTTPResponse(status: status, headerFields: fields)
        if status != .noContent {
            head.headerFields.append(HTTPField(name: .contentLength, value: String(body.readableBytes)))
        }
        // Any page may call the hub: a browser never adds a token by itself.
        head.headerFields.append(HTTPField(name: .accessControlAllowOrigin, value: "*"))
        head.headerFields.append(
            HTTPField(name: .date, value: HTTPDate.text(secondsSinceEpoch: Int64(time(nil)))))
        if isBodyOmitted || body.readableBytes == 0 {
            try await writer.writeResponse(head)
        } else if body.readableBytes <= Self.pieceBytes {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
        } else {
            try await writer.write(response: head, body: ResponseBody(contentLength: body.readableBytes, writePieces))
        }
    }

    /// Each piece waits until the client has read most of the previous one: TLS copies waiting data.
    private func writePieces(to writer: inout any ResponseBodyWriter) async throws {
        var rest = body
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(Self.pieceBytes, rest.readableBytes)) {
            try await writer.write(piece)
        }
        try await writer.finish(nil)
    }
}
