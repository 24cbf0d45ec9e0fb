import BlueZSimulator
import FoundationEssentials
import HubStore
import Logging
import Outbox
import ProcessHarness
import Pulsoid
import PulsoidAPI
import SystemPackage
import Timing
import UnixSignals

/// Runs the whole system, shows the room, and counts what became of every reading.
struct DemoRun {
    /// How long the last readings may take to appear in the room after the straps have stopped.
    private static let lastReadingsLimit: Duration = .seconds(60)
    /// The uploader's limit of requests per second: Pulsoid's own.
    private static let requestsPerSecond = 20
    /// Anna warms up, Ben is at his highest rate.
    private static let secondsIntoWorkout = [120, 270]

    private enum Event: Sendable {
        case room(PulsoidEvent<RoomMessage>)
        case interrupted
        /// The readings that are still on their way had their time.
        case timedOut
    }

    private let readings: Int?
    private let stack: StackFixture
    private let logger = Logger(label: "strapline-demo") { StreamLogHandler.standardError(label: $0) }

    init(programs: FilePath, readings: Int?) async throws {
        let folder = programs.appending("strapline-demo.files")
        try Self.makeEmpty(folder)
        stack = try await StackFixture(
            programs: programs, folder: folder, secondsIntoWorkout: Self.secondsIntoWorkout)
        self.readings = readings
    }

    func run() async throws -> DemoResult {
        let view = try await stack.withHub(limit: nil, pace: Self.requestsPerSecond) { hub, _ in
            try announce(hub.firstLine)
            return try await stack.withUploader { uploader in
                let view = try await watch(hub.firstLine)
                // The uploader delivers batches that are not full while it stops.
                await uploader.stop()
                return view
            }
        }
        await stack.simulator.stop()
        let result = try await count(view)
        DemoSummary(users: stack.users, result: result, latencies: view.latencies).print()
        return result
    }

    private func announce(_ hubAddress: String) throws {
        let accounts = stack.accounts
        let token = try String(contentsOfFile: accounts.roomTokenFile, encoding: .utf8)
        DemoOutput.print("Two people work out. Open the page, it signs in by itself:\n")
        DemoOutput.print("  \(hubAddress)/#access_token=\(token)\n")
        DemoOutput.print("Or follow the room in another terminal:\n")
        DemoOutput.print(
            "  \(stack.uploader.path) room \(accounts.roomID) --address \(hubAddress)"
                + " --token-file \(accounts.roomTokenFile)\n")
        DemoOutput.print(readings.map { "The demo ends after \($0) readings.\n" } ?? "Ctrl-C ends the demo.\n")
    }

    /// Shows the room until it has shown enough or the user presses Ctrl-C, then the readings that are still on their
    /// way.
    private func watch(_ hubAddress: String) async throws -> RoomView {
        let client = try stack.roomClient(hub: hubAddress, logger: logger)
        let (events, event) = AsyncStream.makeStream(of: Event.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                // The loop below ends also if the room cannot be watched.
                defer { event.finish() }
                try await client.withRoom(stack.accounts.roomID) { messages in
                    for try await message in messages { event.yield(.room(message)) }
                }
            }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { event.yield(.interrupted) }
            }
            var view = RoomView(names: stack.accounts.names)
            var isEnding = false
            for await next in events {
                switch next {
                case .room(.connected): await stack.startBeating(every: .seconds(1))
                case .room(.message(let message)): show(message, in: &view)
                case .room(.disconnected(let reason, _)): throw HarnessError("the room stream ended: \(reason)")
                case .interrupted: isEnding = true
                case .timedOut: return view
                }
                if !isEnding, let readings, view.count >= readings { isEnding = true }
                guard isEnding else { continue }
                await stack.stopBeating()
                if view.count >= stack.sent.count { return view }
                group.addTask {
                    try await Task.sleep(for: Self.lastReadingsLimit)
                    event.yield(.timedOut)
                }
            }
            // Throws the error that ended the room.
            try await group.next()
            return view
        }
    }

    private func show(_ message: RoomMessage, in view: inout RoomView) {
        let now = KernelTime().now().wallMilliseconds
        if let line = view.take(message, nowMilliseconds: now) { DemoOutput.print(line) }
    }

    private func count(_ view: RoomView) async throws -> DemoResult {
        let received = try await OutboxReader(path: stack.outbox.string).statistics().received
        let hub = try HubStore(path: stack.database.string)
        var tallies: [Tally] = []
        for user in stack.users {
            let rates = stack.sent.rates(of: user.strapAddress)
            let stored = try await hub.readings.oldest(ofUser: user.userID, limit: rates.count * 2)
            let beats = try await hub.readings.oldestBeats(ofUser: user.userID, limit: rates.count * 2)
            tallies.append(
                Tally(
                    sent: rates, seenInRoom: view.rates[user.profileID] ?? [],
                    storedByPulsoid: stored.count,
                    secondsWithReadings: Set(stored.map { $0.measuredAtMilliseconds / 1000 }).count,
                    storedByCardiogram: beats.count))
        }
        return DemoResult(tallies: tallies, received: Int(received))
    }

    private static func makeEmpty(_ folder: FilePath) throws {
        let files = FileManager.default
        if files.fileExists(atPath: folder.string) { try files.removeItem(atPath: folder.string) }
        try files.createDirectory(
            atPath: folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}
