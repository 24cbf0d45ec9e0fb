import NIOCore
import NIOHTTP1

/// An answer, whole.
public struct WebResponse: Sendable {
    public let status: Int
    public let body: [UInt8]
    let headers: HTTPHeaders

    init(head: HTTPResponseHead, body: ByteBuffer) {
        status = Int(head.status.code)
        headers = head.headers
        self.body = Array(body.readableBytesView)
    }

    /// An answer that came another way: to the request for a WebSocket.
    public init(status: Int, headers: [(String, String)] = [], body: [UInt8]) {
        self.status = status
        self.headers = HTTPHeaders(headers)
        self.body = body
    }

    /// The first header of this name, in any case of letters.
    public func header(_ name: String) -> String? { headers.first(name: name) }

    /// The body as text; bytes that are not UTF-8 are replaced.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// Whether this is a page for people. No service answers its API with one: it comes from a captive portal, a proxy, or
    /// a web server in its place.
    public var isPage: Bool {
        if body.isEmpty { return false }
        if header("Content-Type")?.lowercased().hasPrefix("text/html") == true { return true }
        let start = String(decoding: body.prefix(256), as: UTF8.self).drop(while: \.isWhitespace).lowercased()
        return start.hasPrefix("<!doctype") || start.hasPrefix("<html")
    }
}
