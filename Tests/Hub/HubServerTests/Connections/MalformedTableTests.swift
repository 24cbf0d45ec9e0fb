import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// Tables of what broken and hostile clients send: one hub takes all of it, and goes on as before after each.
@Suite(.timeLimit(.minutes(10)))
struct MalformedTableTests {
    private typealias Case = MalformedHTTPTests.Case

    /// Every path with methods that it does not have.
    private static let methods: [Case] = [
        ("/api/v1/data", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"]),
        ("/api/v1/data/heart_rate/latest", ["POST", "PUT", "DELETE", "PATCH"]),
        ("/api/v1/data/real_time", ["POST", "PUT", "DELETE"]),
        ("/api/v2/data/rooms/r/real_time", ["POST", "PUT", "DELETE"]),
        ("/api/v1/token/validate", ["POST", "PUT", "DELETE"]), ("/api/v1/statistics", ["POST", "PUT", "DELETE"]),
        ("/api/v1/profile", ["POST", "PUT", "PATCH", "DELETE"]), ("/openapi.json", ["POST", "PUT", "DELETE"]),
        ("/oauth2/token", ["GET", "PUT", "DELETE"]), ("/oauth2/revoke", ["GET", "PUT", "DELETE"]),
        ("/oauth2/device_authorization", ["GET", "PUT", "DELETE"]),
        ("/oauth2/device_authorization_consent", ["PUT", "DELETE", "PATCH"]),
    ].flatMap { path, methods in
        methods.filter { $0 != "HEAD" }.map { Case("\($0) \(path) HTTP/1.1\r\nHost: h\r\n\r\n", 405) }
    }

    private static let targets: [Case] = [
        ("/x", 404), ("/api", 404), ("/api/v1", 404), ("/api/v1/data/", 404), ("/API/V1/DATA", 404),
        ("/api//v1/data", 404),
        ("/api/v1/data;x", 404), ("/api/v1/./data", 404), ("/api/v1/x/../data", 404), ("/api/v1/statistics/24h", 404),
        ("/api/v2/data/rooms//real_time/x", 404), ("/api/v2/data/rooms/real_time", 404), ("/oauth2", 404),
        ("/oauth2/authorize", 404), ("/oauth2/token/", 404), ("/openapi.json/", 404), ("/openapi.yaml", 404),
        ("/.env", 404), ("/wp-login.php", 404), ("/%2e%2e/%2e%2e/etc/passwd", 404), ("/api/v1%2Fdata", 404),
        ("/%00", 404), ("/api/v1/data%00", 404), ("/%", 400), ("/%4", 400), ("/%zz", 400), ("/%c3%28", 400),
        ("/%ff", 400),
        ("/x?a=%", 400), ("/x?%zz=1", 400), ("/x?a=%ff", 400), ("://x", 400), ("x", 400), ("*", 400),
        ("//", 404), ("/x?", 404), ("/x#", 404), ("http://h/api/v1/token/validate", 401), ("HTTP://h/x", 404),
    ].map { Case("GET \($0) HTTP/1.1\r\nHost: h\r\n\r\n", $1) }

    private static let heads: [Case] = [
        ("GET / HTTP/1.1\r\nHost h\r\n\r\n", 400), ("GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\nX\u{0}: y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: \u{1}\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\n(x): y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\n\"x\": y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nx\u{7f}: y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nx@y: z\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\n=: z\r\n\r\n", 400),
        ("GET / HTTP/0.8\r\nHost: h\r\n\r\n", 400), ("GET / HTTP/1\r\nHost: h\r\n\r\n", 400),
        ("GET / HTTP/11\r\nHost: h\r\n\r\n", 400), ("GET / HTTP/a.b\r\nHost: h\r\n\r\n", 400),
        ("GET / HTTPS/1.1\r\nHost: h\r\n\r\n", 400), ("GET / FTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET / HTTP/1.1 x\r\nHost: h\r\n\r\n", 400), ("GET / / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (" GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GE T / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("{} / HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}", 400),
        ("SSH-2.0-OpenSSH_9.2\r\n", 400), ("\u{5}\u{1}\u{0}", 400), ("EHLO h\r\n\r\n", 400),
        ("OPTIONS sip:x SIP/2.0\r\n\r\n", 400), ("*1\r\n$4\r\nPING\r\n", 400), ("{\"a\":1}\r\n\r\n", 400),
    ].map { Case($0, $1) }

    private static let framings: [Case] = [
        ("Content-Length: +2", "{}", 400), ("Content-Length: 0x2", "{}", 400), ("Content-Length: 2 2", "{}", 400),
        ("Content-Length: 2,2", "{}", 400), ("Content-Length: 2;", "{}", 400), ("Content-Length:", "{}", 400),
        ("Content-Length: 18446744073709551616", "{}", 400), ("Content-Length: 99999999999", "{}", 413),
        ("Content-Length: 4097", "{}", 413), ("Content-Length: 2\r\nContent-Length: 2", "{}", 400),
        ("Content-Length: 2\r\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 2", "2\r\n{}\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: identity", "{}", 400), ("Transfer-Encoding: xchunked", "{}", 400),
        ("Transfer-Encoding: chunked, gzip", "{}", 400), ("Transfer-Encoding: gzip", "{}", 400),
        ("Transfer-Encoding: chunked", "g\r\n{}\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", "-2\r\n{}\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", "2\r\n{}x\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFFF\r\n", 400),
        ("Transfer-Encoding: chunked", " 2\r\n{}\r\n", 400),
        ("Transfer-Encoding: chunked", "0\r\nbad trailer\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", "0\r\n\r\n", 400),
        ("Content-Encoding: gzip\r\nContent-Length: 2", "{}", 415),
        ("Content-Encoding: x-unknown\r\nContent-Length: 2", "{}", 415),
        ("Content-Encoding: identity\r\nContent-Length: 2", "{}", 400),
    ].map { Case("POST /api/v1/data?access_token=T HTTP/1.1\r\nHost: h\r\n\($0)\r\n\r\n\($1)", $2) }

    private static func post(_ path: String, _ body: String, _ status: Int) -> Case {
        Case("POST \(path) HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", status)
    }

    private static let readings: [Case] = [
        "", " ", "null", "true", "0", "\"x\"", "[]", "[{}]", "{}", "{", "}", "{]", "{,}", "{\"measured_at\"}",
        "\u{feff}{}",
        "\u{0}", "{\"measured_at\":1709312400000}", "{\"data\":{}}", "{\"measured_at\":null,\"data\":null}",
        "{\"measured_at\":1709312400000,\"data\":[]}", "{\"measured_at\":1709312400000,\"data\":{}}",
        "{\"measured_at\":1709312400000,\"data\":{\"heart_rate\":null}}",
        "{\"measured_at\":1709312400000,\"data\":{\"heart_rate\":true}}",
        "{\"measured_at\":1709312400000,\"data\":{\"heart_rate\":70.5}}",
        "{\"measured_at\":1709312400000,\"data\":{\"heart_rate\":1e99}}",
        "{\"measured_at\":1709312400000,\"data\":{\"heart_rate\":65536}}",
        "{\"measured_at\":1709312400000,\"data\":{\"heart_rate\":9223372036854775808}}",
        "{\"measured_at\":1709312400000,\"data\":{\"heart_rate\":NaN}}",
        "{\"measured_at\":1709312400000,\"data\":{\"heart_rate\":0x46}}",
        "{'measured_at':1709312400000,'data':{'heart_rate':70}}",
        "{\"measured_at\":1709312400000,\"data\":{\"heart_rate\":70}}x",
        "{\"measured_at\":-9223372036854775808,\"data\":{\"heart_rate\":70}}",
        "{\"measured_at\":9223372036854775807,\"data\":{\"heart_rate\":70}}",
        "{\"measured_at\":1e18,\"data\":{\"heart_rate\":70}}",
        "{\"measured_at\":1709312400,\"data\":{\"heart_rate\":70}}",
        "{\"measured_at\":true,\"data\":{\"heart_rate\":70}}", "{\"measured_at\":{},\"data\":{\"heart_rate\":70}}",
        String(repeating: "[", count: 4000), String(repeating: "{\"a\":", count: 800),
    ].map { post("/api/v1/data?access_token=T", $0, 400) }

    private static let beats: [Case] = [
        "", "null", "[]", "{}", "{\"beats\":null}", "{\"beats\":{}}", "{\"beats\":[null]}", "{\"beats\":[{}]}",
        "{\"beats\":[{\"start\":1,\"end\":1}]}", "{\"beats\":[{\"start\":1,\"end\":1,\"value\":\"60\"}]}",
        "{\"beats\":[{\"start\":1.5,\"end\":2,\"value\":60}]}", "{\"beats\":[{\"start\":2,\"end\":1,\"value\":60}]}",
        "{\"beats\":[{\"start\":1,\"end\":1,\"value\":-60}]}",
        "{\"beats\":[{\"start\":1546025628000,\"end\":1546025628000,\"value\":60}]}",
        "{\"beats\":[{\"start\":-1,\"end\":1,\"value\":60}]}", "{\"beats\":[{\"start\":1,\"end\":1,\"value\":1e999}]}",
    ].map { post("/heart/oauth/users/1/beats?access_token=T", $0, 400) }

    private static let forms: [Case] =
        [
            "", "x", "=", "&&", "grant_type", "grant_type=", "grant_type=x&grant_type=x", "a=%", "a=%zz", "a=%ff",
            "%00=%00",
        ]
        .flatMap { form in
            ["token", "revoke", "device_authorization"].map { post("/oauth2/\($0)", form, 400) }
        }

    /// Frames that end a stream, with the code that it ends with.
    private static let frames: [([UInt8], Int)] =
        // Reserved opcodes, reserved bits, without a mask, fragments of control frames, a continuation of nothing.
        [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF].map { ([0x80 | $0, 0x80, 0, 0, 0, 0], 1002) }
        + [0x40, 0x20, 0x10, 0x70].flatMap { bits in
            [0x1, 0x2, 0x9, 0xA].map { ([0x80 | bits | $0, 0x80, 0, 0, 0, 0], 1002) }
        }
        + [0x1, 0x2, 0x8, 0x9, 0xA].map { ([0x80 | $0, 0x00], 1002) }
        + [0x8, 0x9, 0xA].map { ([$0, 0x80, 0, 0, 0, 0], 1002) }
        + [0x0, 0x80].map { ([$0, 0x80, 0, 0, 0, 0], 1002) }
        // Close codes that may not be sent.
        + [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535].map { code in
            ([0x88, 0x82, 0, 0, 0, 0, UInt8(code >> 8), UInt8(code & 0xFF)], 1002)
        }
        // Text that is not UTF-8: alone, overlong, a surrogate, beyond Unicode, cut off.
        + [[0x80], [0xC3, 0x28], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]].map { text in
            ([0x81, 0x80 | UInt8(text.count), 0, 0, 0, 0] + text, 1007)
        }

    @Test func table_isOfMoreThan200() {
        let count =
            Self.requests.count + Self.frames.count + MalformedHTTPTests.cases.count
        #expect(count >= 200, "\(count)")
    }

    private static let requests = methods + targets + heads + framings + readings + beats + forms

    @Test func malformedRequests_areAnsweredWithJSON_andHarmNobody() async throws {
        try await TestHub.run { hub in
            let token = try await hub.addUser("Anna").accessToken
            for malformed in Self.requests {
                let request = malformed.request.replacing("access_token=T", with: "access_token=\(token)")
                let answer = try await RawConnection.open(port: hub.port) { connection in
                    try await connection.send(request)
                    // Where nothing more can come the hub need not wait for it.
                    if !request.contains("\r\n\r\n") { connection.finish() }
                    return try await connection.readAnswer()
                }
                #expect(answer.status == malformed.status, "\(malformed.request.prefix(90).debugDescription)")
                #expect(answer.headers["content-type"] == "application/json")
                let isOfCardiogram = answer.body.hasPrefix(#"{"message":""#)
                #expect(isOfCardiogram || answer.body.contains(#""error_code":""#), "\(answer.body)")
                #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: token).status == 200)
            }
            #expect(try await hub.rowCount("reading") == 0)
            #expect(try await hub.rowCount("beat") == 0)
        }
    }

    @Test func malformedFrames_endTheirStreamWithTheRightCode_andHarmNobody() async throws {
        try await TestHub.run { hub in
            let token = try await hub.addUser("Anna").accessToken
            for (bytes, code) in Self.frames {
                try await RawConnection.open(port: hub.port) { socket in
                    #expect(try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(token)").status == 101)
                    try await socket.send(bytes: bytes)
                    #expect(try await socket.readFrame().closeCode == code, "\(bytes)")
                }
                #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: token).status == 200)
            }
        }
    }
}
