import Crypto
import FoundationEssentials
import HTTPTypes
import NIOHTTP1

/// The opening handshake of RFC 6455, chapter 4, from the server's side.
enum WebSocketHandshake {
    private static let version = "13"
    private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    private static let keyBytes = 16

    /// Why a request cannot become a WebSocket; nil when it can.
    static func failure(_ fields: HTTPFields) -> Failure? {
        guard fields.hasToken("websocket", in: .upgrade), fields.hasToken("upgrade", in: .connection) else {
            return Failure(.upgradeRequired, "this is a WebSocket", fields: [.upgrade: "websocket"])
        }
        guard fields[.secWebSocketVersion] == version else {
            return Failure(
                .upgradeRequired, "the WebSocket version must be \(version)",
                fields: [.upgrade: "websocket", .secWebSocketVersion: version])
        }
        guard let key = fields[.secWebSocketKey], Data(base64Encoded: key)?.count == keyBytes else {
            return Failure(.badRequest, "Sec-WebSocket-Key must be \(keyBytes) bytes in base64")
        }
        return nil
    }

    /// Whether a request asks for it, well or not.
    static func isWanted(by head: HTTPRequestHead) -> Bool {
        head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
    }

    /// The answer to a request without ``failure(_:)``.
    static func acceptance(of head: HTTPRequestHead) -> HTTPResponseHead {
        let key = head.headers.first(name: "sec-websocket-key") ?? ""
        let accept = Data(Insecure.SHA1.hash(data: Data((key + guid).utf8))).base64EncodedString()
        return HTTPResponseHead(
            version: .http1_1, status: .switchingProtocols,
            headers: ["connection": "upgrade", "upgrade": "websocket", "sec-websocket-accept": accept])
    }
}

extension HTTPFields {
    /// Whether a comma-separated header holds the token, in any case of letters.
    func hasToken(_ token: String, in name: HTTPField.Name) -> Bool {
        (self[name] ?? "").split(separator: ",").contains {
            $0.filter { $0 != " " && $0 != "\t" }.lowercased() == token
        }
    }
}
