import Crypto
import FoundationEssentials
import HTTPTypes
import NIOHTTP1

/// The opening handshake of RFC 6455, chapter 4, from the server's side.
enum WebSocketHandshake {
    private static let version = "13"
    private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    private static let keyBytes = 16

    /// The name of the subprotocol before a token: `Sec-WebSocket-Protocol: strapline.token, TOKEN`.
    ///
    /// A browser's page can set no other header of a WebSocket, and logs and histories keep addresses. The server
    /// answers with the name alone.
    static let tokenProtocol = "strapline.token"

    /// The token that a client offers after ``tokenProtocol``; nil if there is none.
    static func offeredToken(_ fields: HTTPFields) -> String? {
        guard fields.hasToken("websocket", in: .upgrade) else { return nil }
        let offers = subprotocols(fields[.secWebSocketProtocol] ?? "")
        guard let name = offers.firstIndex(of: tokenProtocol), name + 1 < offers.count else { return nil }
        return offers[name + 1]
    }

    private static func subprotocols(_ header: String) -> [String] {
        header.split(separator: ",").map { String($0.trimmingPrefix { $0 == " " || $0 == "\t" }) }
            .map { String($0.prefix { $0 != " " && $0 != "\t" }) }
    }

    /// Why a request cannot become a WebSocket; nil if it can.
    static func failure(_ fields: HTTPFields) -> HubHTTPError? {
        guard fields.hasToken("websocket", in: .upgrade), fields.hasToken("upgrade", in: .connection) else {
            return HubHTTPError(.upgradeRequired, "this is a WebSocket", fields: [.upgrade: "websocket"])
        }
        guard fields[.secWebSocketVersion] == version else {
            return HubHTTPError(
                .upgradeRequired, "the WebSocket version must be \(version)",
                fields: [.upgrade: "websocket", .secWebSocketVersion: version])
        }
        guard let key = fields[.secWebSocketKey], Data(base64Encoded: key)?.count == keyBytes else {
            return HubHTTPError(.badRequest, "Sec-WebSocket-Key must be \(keyBytes) bytes in base64")
        }
        return nil
    }

    /// Whether a request asks for a WebSocket, correctly or not.
    static func isWanted(by head: HTTPRequestHead) -> Bool {
        head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
    }

    /// The answer to a request without a ``failure(_:)``.
    static func acceptance(of head: HTTPRequestHead) -> HTTPResponseHead {
        let key = head.headers.first(name: "sec-websocket-key") ?? ""
        let accept = Data(Insecure.SHA1.hash(data: Data((key + guid).utf8))).base64EncodedString()
        var headers: HTTPHeaders = ["connection": "upgrade", "upgrade": "websocket", "sec-websocket-accept": accept]
        let offers = head.headers["sec-websocket-protocol"].flatMap(subprotocols)
        if offers.contains(tokenProtocol) { headers.add(name: "sec-websocket-protocol", value: tokenProtocol) }
        return HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
    }
}

extension HTTPFields {
    /// Whether a comma-separated header holds the token, in upper or lower case.
    func hasToken(_ token: String, in name: HTTPField.Name) -> Bool {
        (self[name] ?? "").split(separator: ",").contains {
            $0.filter { $0 != " " && $0 != "\t" }.lowercased() == token
        }
    }
}
