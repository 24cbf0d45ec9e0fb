import FoundationEssentials
import Glibc
import NIOSSL
import Subprocess
import TestKit
import Testing

@testable import HubServer
@testable import StrangerCrowd

/// The highest cost of all permitted connections together: some connections of each kind at their highest cost,
/// measured in a real process with its real limits, times the limit.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct LimitsProductTests {
    private static let mostBytes = 256 << 20
    private static let users = 8
    private static let tokensPerUser = 7
    private static let measured = 200

    /// The state of a connection at its highest cost.
    private enum Kind: String, CaseIterable, Sendable {
        case silent
        case halfHead = "half a head"
        case halfForm = "half a form"
        case callerWithHalfHead = "caller, half a head"
        case callerWithHalfBody = "caller, half a body"
        case stream

        func isOfStrangers() -> Bool {
            switch self {
            case .silent, .halfHead, .halfForm: true
            case .callerWithHalfHead, .callerWithHalfBody, .stream: false
            }
        }
    }

    @Test(arguments: [false, true]) func product_ofAllLimits_isBelow256MiB(isTLS: Bool) async throws {
        let certificate = isTLS ? try await TortureCertificate() : nil
        let limits = isTLS ? HubLimits().withTLS : HubLimits()
        var costs: [Kind: Int] = [:]
        var baseBytes = 0
        for kind in Kind.allCases {
            let (before, cost) = try await measure(kind, certificate)
            baseBytes = max(baseBytes, before)
            costs[kind] = cost
        }
        let strangers = Kind.allCases.filter { $0.isOfStrangers() }.compactMap { costs[$0] }.max() ?? 0
        let callers = max(costs[.callerWithHalfHead] ?? 0, costs[.callerWithHalfBody] ?? 0)
        let connections =
            limits.strangers * strangers + limits.callers * callers + limits.streams * (costs[.stream] ?? 0)
        // A body is in memory twice while its buffer grows, and once more as values; an answer twice with TLS. Each
        // message that waits for a reader has its own memory and an entry in a queue.
        let budgets =
            3 * limits.bodyBytesInFlight + 2 * limits.answerBytesInFlight + 5 * limits.streamBufferBytesOfAll / 2
        // Data that may wait for each without a count: the next piece of an answer, and the first of a stream's
        // messages.
        let unsent = (limits.callers + limits.strangers) * (12 << 10) + limits.streams * (4 << 10)
        let sum = baseBytes + connections + budgets + unsent
        #expect(sum < Self.mostBytes)
        var report = TortureReport("limits")
        report.add("over", isTLS ? "TLS" : "TCP")
        for kind in Kind.allCases { report.add("\(kind.rawValue) (bytes)", costs[kind] ?? 0) }
        report.add("start", kibibytes: baseBytes >> 10)
        report.add("sum", kibibytes: sum >> 10)
        report.publish()
    }

    /// The memory of a hub before, and the memory that each connection has added, in bytes.
    private func measure(_ kind: Kind, _ certificate: TortureCertificate?) async throws -> (before: Int, cost: Int) {
        let hub = HubProcess()
        let tokens = try await hub.setUpTokens(users: Self.users, tokensPerUser: Self.tokensPerUser)
        let result = Watched((before: 0, cost: 0))
        try await hub.whileRunning(options: certificate?.options ?? []) { running in
            defer { running.sendIfRunning(.kill) }
            let target = Wire.Hub(port: running.port, tls: certificate == nil ? nil : try Wire.trustingContext())
            // Memory that the first connections allocate once does not count.
            try await hold(20, kind, target, tokens) {}
            let before = ProcessFigures.privateKibibytes(running.processID) << 10
            try await hold(Self.measured, kind, target, tokens) {
                // Connections before this one are accepted.
                try await Wire.open(target, from: "127.0.0.1") { wire in
                    try await wire.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
                    _ = try await wire.status()
                }
                try await Self.untilEverythingIsRead(port: running.port)
                let after = ProcessFigures.privateKibibytes(running.processID) << 10
                result.change { $0 = (before, max(0, after - before) / Self.measured) }
            }
        }
        return result.value
    }

    /// Opens connections while earlier ones stay.
    private func hold(
        _ count: Int, _ kind: Kind, _ hub: Wire.Hub, _ tokens: [String],
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let isReady = Watched(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        try await Wire.open(hub, from: "127.0.0.\(2 + number % 8)") { wire in
                            try await Self.begin(kind, on: &wire, token: tokens[number % tokens.count])
                            isReady.change { $0 += 1 }
                            await isReady.until { $0 > count }
                        }
                    } catch {
                        // A connection that has failed must not block the others.
                        isReady.change { $0 += 1 }
                        throw error
                    }
                }
            }
            await isReady.until { $0 >= count }
            try await body()
            isReady.change { $0 += 1 }
            try await group.waitForAll()
        }
    }

    private static func begin(_ kind: Kind, on wire: inout Wire, token: String) async throws {
        let fields = StrangerAttack.manyFields
        let authorization = "Host: h\r\nAuthorization: Bearer \(token)\r\n"
        let body = StrangerAttack.headAndHalfABody
        switch kind {
        case .silent: break
        case .halfHead: try await wire.send("GET / HTTP/1.1\r\nHost: h\r\n" + fields)
        case .halfForm: try await wire.send("POST /oauth2/token HTTP/1.1\r\nHost: h\r\n" + body)
        case .callerWithHalfHead, .callerWithHalfBody:
            try await wire.send("GET /api/v1/token/validate HTTP/1.1\r\n\(authorization)\r\n")
            guard try await wire.status() == 200 else { throw Wire.Ended() }
            try await wire.send(
                kind == .callerWithHalfHead
                    ? "GET / HTTP/1.1\r\nHost: h\r\n" + fields : "POST /api/v1/data HTTP/1.1\r\n\(authorization)\(body)"
            )
        case .stream:
            try await wire.send(
                "GET /api/v1/data/real_time HTTP/1.1\r\n\(authorization)Connection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            guard try await wire.status() == 101 else { throw Wire.Ended() }
            // The first part of a message of the longest size, and most of the frame after it.
            let mask = "\u{0}\u{0}\u{0}\u{0}"
            let part = String(repeating: "x", count: 126)
            for number in 0..<8 {
                try await wire.send(bytes: [number == 0 ? 0x01 : 0x00, 0xFE, 0x00, 0x7E], mask + part)
            }
            try await wire.send(bytes: [0x00, 0xFE, 0x03, 0xE8], mask + String(repeating: "x", count: 990))
        }
    }

    /// Returns when the kernel holds no bytes for the hub. The kernel reports no event for that, so this polls.
    private static func untilEverythingIsRead(port: Int) async throws {
        try await poll { isEverythingRead(port: port) }
    }

    private static func isEverythingRead(port: Int) -> Bool {
        let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        return table.split(separator: "\n").dropFirst().allSatisfy { line in
            let words = line.split(separator: " ")
            guard words.count > 4, words[1].hasSuffix(":" + hex(port)) else { return true }
            return words[4].hasSuffix(":00000000")
        }
    }

    private static func hex(_ port: Int) -> String {
        let digits = String(port, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
