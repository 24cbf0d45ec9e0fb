import NIOSSL
import PulsoidAPI
import Subprocess
import SystemPackage
import TestKit
import Testing

@testable import StrangerCrowd

/// Strangers attack a hub, a real process, in every way they can, while two uploaders write.
///
/// Real strangers have machines of their own. So in `make torture` they have processors of their own
/// (``ProcessorShare``), and the yardstick is the same hub, on the same processors, before they come.
@Suite(.timeLimit(.minutes(30)), .serialized)
struct StrangerTests {
    /// The hub's limits under every attack.
    private static let mostKibibytes = 256 << 10
    /// A time in the past, so that the hub accepts every reading.
    private static let firstMoment: Int64 = 1_600_000_000_000

    @Test(arguments: [false, true])
    func uploaders_whileStrangersAttack_loseNothing_andTheHubStaysSmall(isTLS: Bool) async throws {
        let seconds = Torture.size("STRANGER_SECONDS", bounded: 5, full: 150)
        let certificate = isTLS ? try await TortureCertificate() : nil
        let hub = HubProcess()
        let token = try await hub.setUp()
        let ledger = HubLedger()
        var report = TortureReport("stranger")
        let outcome = Outcome()
        try await hub.whileRunning(options: certificate?.options ?? []) { running in
            defer { running.sendIfRunning(.kill) }
            let target = Wire.Hub(port: running.port, tls: isTLS ? try Wire.trustingContext() : nil)
            try await ProcessorShare.withOwnProcessors(hub: running.processID) {
                // This uploader is connected before, and keeps one connection.
                try await Wire.open(target, from: "127.0.0.1") { wire in
                    let quiet = Duration.seconds(max(2, seconds / 3))
                    outcome.quiet = try await Self.write(quiet, lane: 0, token, ledger, on: &wire)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await Self.attack(port: running.port, isTLS: isTLS) }
                        group.addTask {
                            outcome.newConnections = try await Self.writeOnNewConnections(
                                .seconds(seconds), lane: 2, token, ledger, target)
                        }
                        outcome.attacked = try await Self.write(.seconds(seconds), lane: 1, token, ledger, on: &wire)
                        while outcome.newConnections == nil { try await group.next() }
                        group.cancelAll()
                    }
                    outcome.peakKibibytes = ProcessFigures.peakResidentKibibytes(running.processID)
                }
            }
        }
        let problems = try await ledger.problems(in: hub.database)
        #expect(problems.isEmpty)
        #expect(outcome.peakKibibytes > 0)
        #expect(outcome.peakKibibytes < Self.mostKibibytes)
        let (quiet, attacked) = (outcome.quiet.percentile99, outcome.attacked.percentile99)
        if Torture.isFull { #expect(attacked <= quiet * 2) }
        report.add("over", isTLS ? "TLS" : "TCP")
        report.add("seconds", seconds)
        report.add("written", ledger.answered.all.count)
        report.add("lost", problems.count)
        report.add("tries again", outcome.newConnections ?? 0)
        report.add("p99 quiet (ms)", quiet.milliseconds)
        report.add("p99 attacked (ms)", attacked.milliseconds)
        report.add("peak", kibibytes: outcome.peakKibibytes)
        report.publish()
    }

    /// The results, written by one task after the other.
    private final class Outcome: Sendable {
        private struct State {
            var quiet: [Duration] = []
            var attacked: [Duration] = []
            var newConnections: Int?
            var peakKibibytes = 0
        }

        private let state = Watched(State())

        var quiet: [Duration] {
            get { state.value.quiet }
            set { state.change { $0.quiet = newValue } }
        }
        var attacked: [Duration] {
            get { state.value.attacked }
            set { state.change { $0.attacked = newValue } }
        }
        /// How often a new connection ended without an answer, and the reading was sent again.
        var newConnections: Int? {
            get { state.value.newConnections }
            set { state.change { $0.newConnections = newValue } }
        }
        var peakKibibytes: Int {
            get { state.value.peakKibibytes }
            set { state.change { $0.peakKibibytes = newValue } }
        }
    }

    /// Runs the crowd of strangers until the task is cancelled.
    private static func attack(port: Int, isTLS: Bool) async throws {
        let command =
            ProcessorShare.strangersPrefix + [Torture.helpers + "/StrangerCrowd", "\(port)", isTLS ? "tls" : "tcp"]
        let ended = try await Subprocess.run(
            .name("env"), arguments: Arguments(command),
            input: .none, output: .discarded, error: .discarded)
        try Task.checkCancellation()
        throw CrowdEnded(status: ended.terminationStatus)
    }

    private struct CrowdEnded: Error {
        let status: TerminationStatus
    }

    /// Writes on one connection, a reading each 20 ms; each must be answered with 200, on the same connection.
    private static func write(
        _ time: Duration, lane: Int64, _ token: String, _ ledger: HubLedger, on wire: inout Wire
    ) async throws -> [Duration] {
        let clock = ContinuousClock()
        let end = clock.now + time
        var latencies: [Duration] = []
        while clock.now < end {
            let moment = firstMoment + lane * 1_000_000 + Int64(latencies.count)
            let start = clock.now
            try await wire.send(request(moment, token))
            let status = try await wire.status()
            latencies.append(clock.now - start)
            guard status == 200 else { throw Unexpected(status: status) }
            ledger.answered.append(.reading(measuredAt: moment))
            try await clock.sleep(until: start + .milliseconds(20))
        }
        return latencies
    }

    /// Writes each reading on a connection of its own, as a client does that has just come, and again where it was
    /// cut off.
    private static func writeOnNewConnections(
        _ time: Duration, lane: Int64, _ token: String, _ ledger: HubLedger, _ hub: Wire.Hub
    ) async throws -> Int {
        let clock = ContinuousClock()
        let end = clock.now + time
        var number: Int64 = 0
        var failures = 0
        // A busy machine may be too slow for the first connections; one must come through.
        while clock.now < end || number == 0 {
            let moment = firstMoment + lane * 1_000_000 + number
            let status = try? await Wire.open(hub, from: "127.0.0.1") { wire in
                try await wire.send(request(moment, token))
                return try await wire.status()
            }
            if let status {
                guard status == 200 else { throw Unexpected(status: status) }
                ledger.answered.append(.reading(measuredAt: moment))
                number += 1
            } else {
                failures += 1
            }
            try await clock.sleep(for: .milliseconds(100))
        }
        return failures
    }

    private struct Unexpected: Error {
        let status: Int
    }

    private static func request(_ moment: Int64, _ token: String) -> String {
        let body = HeartRateMessage(measuredAtMilliseconds: moment, heartRate: HubLedger.rate(at: moment)).text()
        return "POST \(PulsoidPath.data) HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(token)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

extension [Duration] {
    fileprivate var percentile99: Duration { isEmpty ? .zero : sorted()[count * 99 / 100] }
}

extension Duration {
    fileprivate var milliseconds: String { "\(Double(Int64(self / .microseconds(10))) / 100)" }
}
