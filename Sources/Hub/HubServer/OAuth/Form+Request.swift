import HTTPTypes
import HummingbirdCore
import NIOCore
import PulsoidAPI

extension Form {
    /// Reads the body of a form, of `limit` bytes at most.
    /// - Throws: ``OAuthRefusal``, or 413.
    init(of request: Request, upTo limit: Int, writer: borrowing ResponseWriter) async throws {
        let body = try await request.collectBody(upTo: limit, writer: writer)
        let type = request.headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == nil || type == "application/x-www-form-urlencoded" else {
            throw OAuthRefusal(.invalidRequest, "the body must be application/x-www-form-urlencoded")
        }
        guard let form = String(validating: body.readableBytesView, as: UTF8.self).flatMap(Form.init) else {
            throw OAuthRefusal(.invalidRequest, "the form is malformed, or has a field twice")
        }
        self = form
    }
}
