/// An answer of the ``StubServer``.
package struct StubAnswer: Sendable {
    package var status: Int
    package var headers: [(String, String)]
    package var body: String

    package init(_ status: Int, headers: [(String, String)] = [], body: String = "") {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer with a body of JSON.
    package static func json(_ status: Int, _ body: String) -> StubAnswer {
        StubAnswer(status, headers: [("Content-Type", "application/json")], body: body)
    }

    /// The answer of a captive portal to every request.
    package static let portal = StubAnswer(
        200, headers: [("Content-Type", "text/html; charset=utf-8")],
        body: "<!DOCTYPE html><html><title>Welcome to our Wi-Fi</title></html>")

    /// The bytes of the answer.
    package var text: String {
        let fields = headers + [("Content-Length", String(body.utf8.count))]
        return "HTTP/1.1 \(status) Stub\r\n" + fields.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n" + body
    }
}
