import BlueZSimulator
import FoundationEssentials
import HubStore
import Logging
import Outbox
import Pulsoid
import PulsoidAPI
import Subprocess
import SystemPackage
import TestKit
import Timing
import Tokens
import UnixSignals
import WebClient

/// The whole way of a heartbeat, each part in a process of its own as at home: a bus with simulated straps, the hub, the
/// uploader, and somebody who watches the room.
struct Show {
    /// How long the last readings may take to appear in the room after the straps have stopped.
    private static let patience: Duration = .seconds(10)

    let hub: Program
    let uploader: Program
    let readings: Int?
    private let folder: FilePath
    private let bus: PrivateBus
    private let logger = Logger(label: "strapline-demo") { StreamLogHandler.standardError(label: $0) }

    init(programs: FilePath, readings: Int?) throws {
        folder = programs.appending("strapline-demo.files")
        try Self.makeEmpty(folder)
        bus = try PrivateBus()
        hub = Program(
            path: programs.appending("strapline-hub"), environment: .inherit, log: folder.appending("hub.log"))
        uploader = Program(
            path: programs.appending("strapline"),
            environment: .inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": bus.address]),
            log: folder.appending("strapline.log"))
        self.readings = readings
    }

    /// Plays until the end and tells what became of every reading.
    func run() async throws -> Score {
        let database = folder.appending("hub.sqlite")
        let cast = try await Cast.gather(with: hub, database: database, folder: folder)
        let sent = SentRates()
        let simulator = try await Simulator.start(on: bus.address) { sent.add($0) }
        for (seed, performer) in cast.performers.enumerated() {
            await simulator.add(
                SimulatedStrap(address: performer.strapAddress, name: performer.name, seed: UInt64(seed + 1)))
        }
        let view = try await hub.serve(
            ["serve", "--port", "0", "--database", database.string], waitsForLine: true
        ) { hub in
            announce(hub.firstLine, cast)
            let configuration = UploaderConfiguration(
                performers: cast.performers, hubAddress: hub.firstLine, outbox: outbox)
            let file = try PrivateFile.write(configuration.yaml, to: folder.appending("strapline.yaml"))
            return try await uploader.serve(["run", "--config", file], waitsForLine: false) { uploader in
                let view = try await watch(cast, at: hub.firstLine, simulator: simulator, sent: sent)
                // What waits for a batch is delivered while the uploader stops.
                await uploader.stop()
                return view
            }
        }
        await simulator.stop()
        let score = try await count(cast, sent: sent, view: view, database: database)
        Summary(performers: cast.performers, score: score, latencies: view.latencies).print()
        return score
    }

    private var outbox: FilePath { folder.appending("outbox.sqlite") }

    private func announce(_ hubAddress: String, _ cast: Cast) {
        Terminal.print("The hub is at \(hubAddress). Watch the room yourself with:")
        Terminal.print(
            "  \(uploader.path) room \(cast.roomID) --address \(hubAddress) --token-file \(cast.roomTokenFile)")
        Terminal.print(readings.map { "Ends after \($0) readings.\n" } ?? "Ctrl-C ends it.\n")
    }

    /// Shows the room until enough was seen, or the user has seen enough, and then all that is still on its way.
    private func watch(
        _ cast: Cast, at hubAddress: String, simulator: Simulator, sent: SentRates
    ) async throws -> RoomView {
        let client = try PulsoidClient(
            service: ServiceAddress(hubAddress), token: .file(path: cast.roomTokenFile), client: WebClient(),
            logger: logger)
        let (cues, cue) = AsyncStream.makeStream(of: Cue.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await client.withRoom(cast.roomID) { events in
                    for try await event in events { cue.yield(.room(event)) }
                }
            }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { cue.yield(.curtain) }
            }
            var view = RoomView(names: cast.names)
            var isEnding = false
            for await next in cues {
                switch next {
                case .room(.connected): await play(cast, simulator)
                case .room(.message(let message)): show(message, in: &view)
                case .room(.disconnected(let reason, _)): throw DemoError("the room stream broke off: \(reason)")
                case .curtain: isEnding = true
                case .patienceIsOver: return view
                }
                if !isEnding, let readings, view.count >= readings { isEnding = true }
                guard isEnding else { continue }
                await stop(cast, simulator)
                if view.count >= sent.count { return view }
                group.addTask {
                    try await Task.sleep(for: Self.patience)
                    cue.yield(.patienceIsOver)
                }
            }
            return view
        }
    }

    private func show(_ message: RoomMessage, in view: inout RoomView) {
        let now = KernelTime().now().wallMilliseconds
        if let line = view.take(message, nowMilliseconds: now) { Terminal.print(line) }
    }

    private func play(_ cast: Cast, _ simulator: Simulator) async {
        for performer in cast.performers { await simulator.startBeating(performer.strapAddress) }
    }

    private func stop(_ cast: Cast, _ simulator: Simulator) async {
        for performer in cast.performers { await simulator.stopBeating(performer.strapAddress) }
    }

    // MARK: Counting

    private func count(
        _ cast: Cast, sent: SentRates, view: RoomView, database: FilePath
    ) async throws -> Score {
        let received = try await OutboxReader(path: outbox.string).statistics().received
        let hub = try HubStore(path: database.string)
        var tallies: [Tally] = []
        for performer in cast.performers {
            let rates = sent.rates(of: performer.strapAddress)
            let stored = try await hub.readings(ofUser: performer.userID, limit: rates.count * 2)
            let beats = try await hub.beats(ofUser: performer.userID, limit: rates.count * 2)
            tallies.append(
                Tally(
                    sent: rates, seenInRoom: view.rates[performer.profileID] ?? [],
                    storedByPulsoid: stored.count,
                    secondsWithReadings: Set(stored.map { $0.measuredAtMilliseconds / 1000 }).count,
                    storedByCardiogram: beats.count))
        }
        return Score(tallies: tallies, received: Int(received))
    }

    private static func makeEmpty(_ folder: FilePath) throws {
        let files = FileManager.default
        if files.fileExists(atPath: folder.string) { try files.removeItem(atPath: folder.string) }
        try files.createDirectory(
            atPath: folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}
