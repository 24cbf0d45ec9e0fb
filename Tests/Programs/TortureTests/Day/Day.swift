import Delivery
import Destinations
import FoundationEssentials
import HeartRate
import Logging
import Outbox
import Pulsoid
import TestKit
import Timing
import Tokens
import WebClient

/// A day of one strap: a real outbox, the real lanes and clients, and clocks that run as fast as these can follow.
struct Day {
    static let strap = "chest"
    /// The real time for work when a lane catches up, instead of the second that the clocks jump.
    private static let breath: Duration = .milliseconds(3)

    let plan: DayPlan
    let server: DayServer
    let address: String
    private let directory = TemporaryDirectory()
    private let clock = ManualClock()
    private var tokenFile: String { directory.file("token") }

    init(_ plan: DayPlan, server: DayServer, address: String) throws {
        self.plan = plan
        self.server = server
        self.address = address
        try replaceToken("first")
    }

    /// Calls `everyTenMinutes` at each ten minutes of the day.
    func run(everyTenMinutes: () -> Void) async throws {
        let time = ManualTime(wallMilliseconds: DayServer.firstMilliseconds - 1000)
        try await withUploader(time) {
            for second in 0..<plan.rebootsAt { try await live(second, $0, time, everyTenMinutes) }
        }
        // The clock stood still while the machine was off.
        let newTime = ManualTime(
            wallMilliseconds: 1_000_000, bootMilliseconds: 20_000, bootID: "boot-2", isTrusted: false)
        try await withUploader(newTime) {
            for second in plan.rebootsAt..<plan.seconds { try await live(second, $0, newTime, everyTenMinutes) }
            while server.state.value.pulsoid.arrived < plan.seconds
                || server.state.value.cardiogram.arrived < plan.seconds
            {
                pass(newTime)
                try await Task.sleep(for: Self.breath)
            }
        }
    }

    private func live(_ second: Int, _ outbox: Outbox, _ time: ManualTime, _ everyTenMinutes: () -> Void) async throws {
        if second.isMultiple(of: 600) { everyTenMinutes() }
        let wasLive = server.state.value.pulsoid.arrived == second
        let outage = plan.outage(at: second)
        server.state.change { $0.outage = outage }
        if second == plan.tokenChangesAt { server.state.change { $0.token = "second" } }
        if second == plan.tokenIsReplacedAt { try replaceToken("second") }
        pass(time)
        if second == plan.clockIsSetAt {
            time.setWall(milliseconds: DayServer.firstMilliseconds + Int64(second) * 1000)
        }
        let now = time.now()
        try await outbox.append(
            Reading(
                strap: Self.strap, measurement: HeartRateMeasurement(beatsPerMinute: UInt16(DayServer.rate(second))),
                measuredAtMilliseconds: now.wallMilliseconds, bootMilliseconds: now.bootMilliseconds))
        let isShutOut = (plan.tokenChangesAt..<plan.tokenIsReplacedAt).contains(second)
        let isHeld = (plan.rebootsAt...plan.clockIsSetAt).contains(second)
        if outage == nil, wasLive, !isShutOut, !isHeld {
            await server.state.until { $0.pulsoid.arrived > second }
        } else if outage == nil {
            try await Task.sleep(for: Self.breath)
        }
    }

    private func pass(_ time: ManualTime) {
        time.advance(milliseconds: 1000)
        clock.advance(by: .seconds(1))
    }

    private func replaceToken(_ token: String) throws {
        try Data(token.utf8).write(to: URL(filePath: tokenFile), options: .atomic)
    }

    /// Ends like a power cut, without a drain.
    private func withUploader(_ time: ManualTime, _ body: (Outbox) async throws -> Void) async throws {
        let logger = Logger(label: "day", factory: { _ in SwiftLogNoOpLogHandler() })
        let service = try ServiceAddress(address)
        let client = WebClient()
        let token = TokenSource.file(path: tokenFile)
        let destinations: [any Destination] = [
            try PulsoidDestination(
                name: "pulsoid", service: service, tokens: TokenProvider(source: token), client: client, time: time),
            try CardiogramDestination(
                name: "cardiogram", service: service, userID: "1", token: token, client: client, time: time),
        ]
        let outbox = try Outbox(
            path: directory.file("outbox.sqlite"),
            lanes: destinations.map { Lane(strap: Self.strap, destination: $0.name) }, time: time, clock: clock,
            logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await outbox.run() }
            for destination in destinations {
                let lane = LaneDelivery(
                    strap: Self.strap, to: destination, from: outbox, time: time, clock: clock, logger: logger)
                group.addTask { try await lane.run() }
            }
            defer { group.cancelAll() }
            try await body(outbox)
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
        try await outbox.close()
    }
}
