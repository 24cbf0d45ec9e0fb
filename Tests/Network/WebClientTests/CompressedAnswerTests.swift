import TestKit
import Testing
import WebClient

/// Answers that a server, or a proxy before it, has compressed without having been asked to.
@Suite(.timeLimit(.minutes(10))) struct CompressedAnswerTests {
    /// `{"success":true}`.
    private static let gzip: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xAB, 0x56, 0x2A, 0x2E, 0x4D, 0x4E, 0x4E, 0x2D,
        0x2E,
        0x56, 0xB2, 0x2A, 0x29, 0x2A, 0x4D, 0xAD, 0x05, 0x00, 0xDF, 0xF7, 0xF6, 0x66, 0x10, 0x00, 0x00, 0x00,
    ]
    private static let deflate: [UInt8] = [
        0x78, 0x9C, 0xAB, 0x56, 0x2A, 0x2E, 0x4D, 0x4E, 0x4E, 0x2D, 0x2E, 0x56, 0xB2, 0x2A, 0x29, 0x2A, 0x4D, 0xAD,
        0x05,
        0x00, 0x33, 0x6F, 0x06, 0x30,
    ]
    /// DEFLATE (RFC 1951) with fixed codes: one byte, then the same again 258 times for each 13 bits. Some 250 KiB of
    /// zeros from 1.6 KiB.
    private static let bomb: [UInt8] = {
        var bits: [UInt8] = []
        func put(_ value: Int, _ count: Int) { bits += (0..<count).map { UInt8(value >> $0 & 1) } }
        func putCode(_ value: Int, _ count: Int) { bits += (0..<count).reversed().map { UInt8(value >> $0 & 1) } }
        put(1, 1)
        put(1, 2)
        putCode(0x30, 8)
        for _ in 0..<1000 {
            // length 258: code 285 in 8 bits; distance 1: code 0 in 5 bits
            putCode(0xC0 + 5, 8)
            putCode(0, 5)
        }
        putCode(0, 7)
        while !bits.count.isMultiple(of: 8) { bits.append(0) }
        let body = stride(from: 0, to: bits.count, by: 8).map { place in
            (0..<8).reduce(UInt8(0)) { $0 | bits[place + $1] << UInt8($1) }
        }
        return [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03] + body
    }()

    private func answer(
        _ encoding: String, _ body: [UInt8], _ method: RequestTemplate.Method = .post
    ) async throws -> WebResponse {
        try await StubServer.run { connection in
            guard let request = try await connection.request() else { return }
            #expect(request.header("Accept-Encoding") == nil)
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: \(encoding)\r\n"
                    + "Content-Length: \(body.count)\r\n\r\n")
            try await connection.send(body)
            try await connection.untilClosed()
        } during: { server in
            try await WebClient.patient().send(
                to: RequestTemplate(method, ServiceAddress(server.url), path: "/"), body: "{}")
        }
    }

    @Test(arguments: [
        ("gzip", gzip), ("x-gzip", gzip), ("GZIP", gzip), ("deflate", deflate),
        ("identity", Array("{\"success\":true}".utf8)),
    ])
    func send_whenTheAnswerIsCompressed_readsIt(encoding: String, body: [UInt8]) async throws {
        for method in [RequestTemplate.Method.get, .post, .postForm] {
            #expect(try await answer(encoding, body, method).text == #"{"success":true}"#)
        }
    }

    @Test func send_whenASmallAnswerBecomesALargeOne_stopsAtTheLimit() async throws {
        let error = try await #require(throws: WebError.self) { _ = try await answer("gzip", Self.bomb) }
        #expect(error.code == .responseTooLarge, "\(error)")
    }

    @Test(arguments: [
        ("x-unknown", gzip), ("gzip", Array("{\"success\":true}".utf8)),
    ])
    func send_whenTheAnswerCannotBeRead_namesTheEncoding(encoding: String, body: [UInt8]) async throws {
        let error = try await #require(throws: WebError.self) { _ = try await answer(encoding, body) }
        #expect([.unreadableEncoding, .malformedResponse, .connectionLost, .other].contains(error.code), "\(error)")
        if error.code == .unreadableEncoding { #expect("\(error)".contains(encoding), "\(error)") }
        #expect(error.code == .unreadableEncoding || encoding == "gzip", "\(error)")
    }
}
