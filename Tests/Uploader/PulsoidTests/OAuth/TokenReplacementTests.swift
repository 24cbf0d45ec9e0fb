import Delivery
import DestinationHarness
import FoundationEssentials
import HeartRate
import Logging
import Outbox
import Pulsoid
import TestKit
import Testing
import Timing
import Tokens
import WebClient

/// A lane with a real outbox, a real file and a real socket.
@Suite(.timeLimit(.minutes(10))) struct TokenReplacementTests {
    private let folder = TemporaryDirectory()
    private let clock = ManualClock()
    private let time = ManualTime()

    @Test func pausedLane_goesOnHalfAMinuteAfterTheTokenWasReplaced_withoutARestart() async throws {
        let path = folder.file("token")
        try Data("old".utf8).write(to: URL(filePath: path))
        try await StubServer.run(answering: [StubAnswer(401), StubAnswer(200)]) { server, requests in
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let outbox = try Outbox(
                path: folder.file("outbox.sqlite"), lanes: [Lane(strap: "chest", destination: "pulsoid")], time: time,
                clock: clock, logger: logger)
            try await outbox.append(
                Reading(
                    strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: 60),
                    measuredAtMilliseconds: time.now().wallMilliseconds,
                    bootMilliseconds: time.now().bootMilliseconds))
            let destination = try PulsoidDestination(
                name: "pulsoid", service: ServiceAddress(server.url),
                tokens: TokenProvider(source: .file(path: path)), client: .patient(), requestsPerSecond: nil,
                time: time)
            let delivery = LaneDelivery(
                strap: "chest", to: destination, from: outbox, time: time, clock: clock, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await delivery.run() }
                // A token that is replaced before that is taken at once.
                while await delivery.status.state != .paused { await Task.yield() }
                try Data("new".utf8).write(to: URL(filePath: path), options: .atomic)
                // What the paused lane waits for, and nothing else here.
                await clock.waitOut(.seconds(30))
                await requests.until { $0.count == 2 }
                group.cancelAll()
            }
            #expect(requests.all.map { $0.header("Authorization") } == ["Bearer old", "Bearer new"])
        }
    }
}
