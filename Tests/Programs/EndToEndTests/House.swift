import BlueZSimulator
import FoundationEssentials
import Logging
import Outbox
import Pulsoid
import PulsoidAPI
import Subprocess
import SystemPackage
import TestKit
import Tokens
import WebClient

@testable import strapline_demo

/// All programs on one bus of their own, with two simulated straps: the demo's stage, for tests to break.
struct House {
    let directory = TemporaryDirectory()
    let bus: PrivateBus
    let hub: Program
    let uploader: Program
    let cast: Cast
    let sent = SentRates()
    let simulator: Simulator
    /// Whose strap is heard and never connected to; nil for none.
    let broadcaster: Performer?
    /// What the room's stream has shown.
    let room = Recorder<PulsoidEvent<RoomMessage>>()

    var database: FilePath { FilePath(directory.file("hub.sqlite")) }
    let outbox: FilePath
    private let durability: Durability
    var configuration: String { directory.file("strapline.yaml") }

    /// What the uploader has said, for the message of a test that fails.
    var log: String { (try? String(contentsOfFile: directory.file("strapline.log"), encoding: .utf8)) ?? "" }

    /// `outbox` is for one that is on a disk of its own, `environment` for what the uploader is to find there.
    init(
        withBroadcaster: Bool = false, outbox: FilePath? = nil, durability: Durability = .powerLoss,
        environment: [Environment.Key: String] = [:]
    ) async throws {
        self.outbox = outbox ?? FilePath(directory.file("outbox.sqlite"))
        self.durability = durability
        let folder = FilePath(directory.path)
        bus = try PrivateBus()
        hub = Program(
            path: Self.programs.appending("strapline-hub"), environment: .inherit, log: folder.appending("hub.log"))
        uploader = Program(
            path: Self.programs.appending("strapline"),
            environment: .inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": bus.address])
                .updating(environment.mapValues(Optional.some)),
            log: folder.appending("strapline.log"))
        cast = try await Cast.gather(with: hub, database: folder.appending("hub.sqlite"), folder: folder)
        broadcaster = withBroadcaster ? cast.performers.last : nil
        let sent = sent
        simulator = try await Simulator.start(on: bus.address) { sent.add($0) }
        for (seed, performer) in cast.performers.enumerated() {
            var strap = SimulatedStrap(address: performer.strapAddress, name: performer.name, seed: UInt64(seed))
            strap.broadcasts = performer.name == broadcaster?.name
            await simulator.add(strap)
        }
    }

    /// Runs the hub while `body` runs. Of requests per second `limit` is the hub's, `pace` the uploader's; 0 is none.
    func withHub<Result: Sendable>(
        port: Int = 0, mayCrash: Bool = false, limit: Int = 0, pace: Int = 0,
        _ body: @Sendable (_ running: Program.Running, _ port: Int) async throws -> Result
    ) async throws -> Result {
        try await hub.serve(
            ["serve", "--port", "\(port)", "--requests-per-second", "\(limit)", "--database", database.string],
            waitsForLine: true, mayCrash: mayCrash
        ) { running in
            let address = running.firstLine.filter { !$0.isNewline }
            // without a limit unless told, so that the longest backlog is drained in the time that a stop leaves
            let configuration = UploaderConfiguration(
                performers: cast.performers, hubAddress: address, outbox: outbox, requestsPerSecond: pace,
                durability: durability)
            _ = try PrivateFile.write(withMode(configuration.yaml), to: FilePath(self.configuration))
            return try await body(running, Int(address.split(separator: ":").last ?? "") ?? 0)
        }
    }

    private func withMode(_ yaml: String) -> String {
        guard let broadcaster else { return yaml }
        let name = "  - name: \(broadcaster.name)\n"
        return yaml.replacing(name, with: name + "    mode: broadcast\n")
    }

    /// Runs the uploader while `body` runs, from the moment at which it listens to both straps, or scans for one.
    func withUploader<Result: Sendable>(
        mayCrash: Bool = false, _ body: @Sendable (Program.Running) async throws -> Result
    ) async throws -> Result {
        try await uploader.serve(["run", "--config", configuration], waitsForLine: false, mayCrash: mayCrash) {
            running in
            for performer in cast.performers where performer.name != broadcaster?.name {
                try await simulator.untilSubscribed(performer.strapAddress)
            }
            if broadcaster != nil { try await simulator.untilDiscovering() }
            return try await body(running)
        }
    }

    /// Follows the room into ``room`` while `body` runs, from the moment at which the stream is open.
    func withRoom<Result: Sendable>(
        port: Int, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let client = try PulsoidClient(
            service: ServiceAddress("http://127.0.0.1:\(port)"), token: .file(path: cast.roomTokenFile),
            client: WebClient(), logger: Logger(label: "test"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await client.withRoom(cast.roomID) { events in
                    for try await event in events { room.append(event) }
                }
            }
            await room.until { !$0.isEmpty }
            return try await body()
        }
    }

    /// Returns when the room shows so many readings more of everybody.
    func untilRoomShows(_ count: Int) async {
        let before = room.all.count
        let profiles = cast.performers.map(\.profileID)
        await room.until { events in
            let members = events.dropFirst(before).compactMap(\.member)
            return profiles.allSatisfy { profile in members.count { $0 == profile } >= count }
        }
    }

    /// Lets both hearts beat, ten times a second, until ``stopBeating()``: half of what Pulsoid takes.
    func startBeating() async {
        for performer in cast.performers {
            await simulator.startBeating(performer.strapAddress, every: .milliseconds(100))
        }
    }

    func stopBeating() async {
        for performer in cast.performers { await simulator.stopBeating(performer.strapAddress) }
    }

    /// Returns when each strap has sent so many measurements more.
    func untilSent(_ count: Int) async throws {
        for performer in cast.performers {
            let before = sent.rates(of: performer.strapAddress).count
            try await simulator.untilSent(before + count, from: performer.strapAddress)
        }
    }

    /// The package builds the programs beside the tests.
    static let programs: FilePath = {
        let tests = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return FilePath(tests).removingLastComponent()
    }()
}

extension PulsoidEvent<RoomMessage> {
    /// Whose heart rate this is; nil for anything else.
    fileprivate var member: String? {
        guard case .message(let message) = self, case .heartRate(let rate) = message.payload else { return nil }
        return rate.profileID
    }
}
