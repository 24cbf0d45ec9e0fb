import HTTPTypes
import HummingbirdCore
import NIOCore

extension Request {
    /// Reads the body. A body that announces more than `limit` bytes is not read. A client that waits for permission
    /// to send it (`Expect: 100-continue`, as curl does) gets that first.
    ///
    /// - Throws: 413.
    func collectBody(upTo limit: Int, writer: borrowing ResponseWriter) async throws -> ByteBuffer {
        let tooLarge = HubHTTPError(.contentTooLarge, "the body has at most \(limit) bytes")
        if let length = headers[.contentLength].flatMap(Int.init), length > limit { throw tooLarge }
        if headers.hasToken("100-continue", in: .expect) {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        do {
            return try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }
}
