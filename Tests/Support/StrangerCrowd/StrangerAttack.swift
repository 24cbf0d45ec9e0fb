/// An attack on the hub by a client without a token, repeated until it is stopped.
enum StrangerAttack: CaseIterable, Sendable {
    /// Connects and sends nothing.
    case silence
    /// Sends most of a head, in many fields, and keeps the connection.
    case halfHead
    /// Requests a stream with a wrong token, and sends an endless body.
    case upgradeBody
    /// Requests a stream with a wrong token, and sends more bytes before the answer.
    case upgradeRest
    /// Sends hundreds of requests at once, and reads no answer.
    case pipelining
    /// Sends a chunk whose extension does not end.
    case chunkExtension
    /// Sends an endless body to a path that does not exist.
    case bodyToNowhere
    /// Sends most of a form, and keeps the connection.
    case halfForm
    /// Enters codes that the hub has not issued.
    case wrongCodes
    /// Revokes tokens that do not exist.
    case revokes
    /// Sends requests with tokens that do not exist.
    case wrongTokens

    /// How many clients attack at once.
    var crowd: Int {
        switch self {
        case .silence, .halfHead, .halfForm: 300
        case .upgradeBody, .upgradeRest, .pipelining, .chunkExtension, .bodyToNowhere: 12
        case .wrongCodes, .revokes, .wrongTokens: 6
        }
    }

    /// How long each client waits before it attacks again. A stranger's network is slower than this machine, which the
    /// uploaders share.
    private var pause: Duration {
        switch self {
        case .silence, .halfHead, .halfForm: .seconds(5)
        case .upgradeBody, .upgradeRest, .pipelining, .chunkExtension, .bodyToNowhere: .milliseconds(500)
        case .wrongCodes, .revokes, .wrongTokens: .milliseconds(100)
        }
    }

    /// Some 8,000 bytes in 60 fields.
    static let manyFields = (0..<60).map { "X-\(10 + $0): \(String(repeating: "x", count: 124))\r\n" }.joined()

    /// The head of a form of nearly the longest allowed size, and most of the form.
    static let headAndHalfABody =
        "Content-Length: 4090\r\n\(manyFields.prefix(7400))\r\nX: y\r\n\r\n" + String(repeating: "x", count: 4000)

    private static let upgrade =
        "GET /api/v1/data/real_time?access_token=wrong HTTP/1.1\r\nHost: h\r\n"
        + "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    private static let chunk = "1000\r\n" + String(repeating: "x", count: 4096) + "\r\n"
    private static let form = "Host: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"

    /// Attacks on one connection, until the hub closes it or has answered.
    func act(on wire: inout Wire) async throws {
        switch self {
        case .silence: break
        case .halfHead: try await wire.send("GET / HTTP/1.1\r\nHost: h\r\n" + Self.manyFields)
        case .upgradeBody: try await flood(wire, head: Self.upgrade + "Transfer-Encoding: chunked\r\n\r\n")
        case .upgradeRest: try await flood(wire, head: Self.upgrade + "\r\n")
        case .pipelining:
            let request = "GET /openapi.json HTTP/1.1\r\nHost: h\r\n\r\n"
            try await wire.send(String(repeating: request, count: 500))
            return try await Task.sleep(for: .seconds(3))
        case .chunkExtension:
            let head = "POST /oauth2/token HTTP/1.1\r\n\(Self.form)Transfer-Encoding: chunked\r\n\r\n1;"
            try await flood(wire, head: head)
        case .bodyToNowhere:
            try await flood(wire, head: "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000000\r\n\r\n")
        case .halfForm:
            try await wire.send("POST /oauth2/token HTTP/1.1\r\n\(Self.form)\(Self.headAndHalfABody)")
        case .wrongCodes:
            try await ask(
                &wire, "/oauth2/device_authorization_consent", "user_code=BBBB-BBBB&decision=allow&access_token=x")
            return
        case .revokes:
            try await ask(&wire, "/oauth2/revoke", "token=nonsense")
            return
        case .wrongTokens:
            try await wire.send("GET /api/v1/token/validate?access_token=wrong HTTP/1.1\r\nHost: h\r\n\r\n")
            _ = try await wire.status()
            return
        }
        try await wire.untilEnd()
    }

    private func flood(_ wire: Wire, head: String) async throws {
        try await wire.send(head)
        // Some megabytes, as far as the hub reads them.
        for _ in 0..<2000 { try await wire.send(Self.chunk) }
    }

    private func ask(_ wire: inout Wire, _ path: String, _ form: String) async throws {
        try await wire.send(
            "POST \(path) HTTP/1.1\r\n\(Self.form)Content-Length: \(form.utf8.count)\r\n\r\n\(form)")
        _ = try await wire.status()
    }

    /// Attacks from this address, one connection after the other, until the task is cancelled.
    func repeatForever(_ hub: Wire.Hub, from address: String) async {
        while !Task.isCancelled {
            // The hub may reject, close or reset the connection.
            try? await Wire.open(hub, from: address) { try await act(on: &$0) }
            try? await Task.sleep(for: pause)
        }
    }
}
