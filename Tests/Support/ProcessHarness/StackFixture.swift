package import BlueZSimulator
import FoundationEssentials
package import Logging
package import Outbox
package import Pulsoid
package import PulsoidAPI
package import Subprocess
package import SystemPackage
package import TestKit
import Tokens
import WebClient

/// The whole system, each part a process of its own: a bus with two simulated straps, the hub and the uploader.
package struct StackFixture: Sendable {
    /// Holds every file of the fixture.
    package let folder: FilePath
    package let bus: PrivateBus
    package let hub: ProgramRunner
    package let uploader: ProgramRunner
    package let accounts: TestAccounts
    package let sent = SentRates()
    package let simulator: Simulator
    /// The user whose strap only broadcasts; nil for none.
    package let broadcaster: TestUser?
    /// What the room's stream has shown.
    package let room = Recorder<PulsoidEvent<RoomMessage>>()
    package let outbox: FilePath
    private let durability: Durability
    /// Removed with the fixture; nil where the caller chose the folder.
    private let temporary: TemporaryDirectory?

    package var users: [TestUser] { accounts.users }
    package var database: FilePath { folder.appending("hub.sqlite") }
    package var configuration: String { file("strapline.yaml") }

    /// The uploader's log, for the message of a test that fails.
    package var log: String { uploader.logText }

    /// Runs commands of `strapline` beside the uploader.
    package var commands: ProgramRunner {
        ProgramRunner(path: uploader.path, environment: uploader.environment, log: folder.appending("command.log"))
    }

    /// The path of `name` inside the fixture's folder.
    package func file(_ name: String) -> String { folder.appending(name).string }

    /// The programs are in `programs`, and all files in `folder`, which is a temporary one unless the caller has made
    /// an empty one. `outbox` is for an outbox outside of it, and `environment` for more variables of the uploader.
    /// `secondsIntoWorkout` are how far each user's heart is: a ``HeartRateScript`` rests for its first minute.
    package init(
        programs: FilePath = ProgramRunner.programs, folder: FilePath? = nil, withBroadcaster: Bool = false,
        outbox: FilePath? = nil, durability: Durability = .powerLoss, environment: [Environment.Key: String] = [:],
        secondsIntoWorkout: [Int] = []
    ) async throws {
        let temporary = folder == nil ? TemporaryDirectory() : nil
        let folder = folder ?? FilePath(temporary?.path ?? "")
        self.temporary = temporary
        self.folder = folder
        self.outbox = outbox ?? folder.appending("outbox.sqlite")
        self.durability = durability
        bus = try PrivateBus()
        hub = ProgramRunner(
            path: programs.appending("strapline-hub"), environment: .inherit, log: folder.appending("hub.log"))
        uploader = ProgramRunner(
            path: programs.appending("strapline"),
            environment: .inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": bus.address])
                .updating(environment.mapValues(Optional.some)),
            log: folder.appending("strapline.log"))
        accounts = try await TestAccounts.make(with: hub, database: folder.appending("hub.sqlite"), folder: folder)
        broadcaster = withBroadcaster ? accounts.users.last : nil
        let sent = sent
        simulator = try await Simulator.start(on: bus.address) { sent.add($0) }
        for (seed, user) in accounts.users.enumerated() {
            var strap = SimulatedStrap(address: user.strapAddress, name: user.name, seed: UInt64(seed + 1))
            strap.broadcasts = user.name == broadcaster?.name
            if secondsIntoWorkout.indices.contains(seed) {
                var heart = HeartRateScript(seed: UInt64(seed + 1))
                for _ in 0..<secondsIntoWorkout[seed] { _ = heart.next() }
                strap.beats = .script(heart)
            }
            await simulator.add(strap)
        }
    }

    // MARK: Programs

    /// Runs the hub while `body` runs. `limit` is the hub's number of requests per second, nil for its default, 0 for
    /// none. `pace` is the uploader's, 0 for none.
    package func withHub<Result: Sendable>(
        port: Int = 0, mayCrash: Bool = false, limit: Int? = 0, pace: Int = 0,
        _ body: @Sendable (_ running: ProgramRunner.Running, _ port: Int) async throws -> Result
    ) async throws -> Result {
        let limits = limit.map { ["--requests-per-second", "\($0)"] } ?? []
        return try await hub.serve(
            ["serve", "--port", "\(port)", "--database", database.string] + limits, waitsForLine: true,
            mayCrash: mayCrash
        ) { running in
            let address = running.firstLine
            try configureUploader(service: address, pace: pace)
            return try await body(running, Int(address.split(separator: ":").last ?? "") ?? 0)
        }
    }

    /// Writes the uploader's configuration. Without a pace, the longest backlog is delivered in the time that a stop
    /// leaves.
    package func configureUploader(service address: String, pace: Int = 0) throws {
        let configuration = StackConfiguration(
            users: users, hubAddress: address, outbox: outbox, requestsPerSecond: pace, durability: durability,
            broadcaster: broadcaster?.name)
        try PrivateFile.write(configuration.yaml, to: FilePath(self.configuration))
    }

    /// Runs the uploader while `body` runs, from the moment when it listens to both straps, or scans for one.
    package func withUploader<Result: Sendable>(
        mayCrash: Bool = false, _ body: @Sendable (ProgramRunner.Running) async throws -> Result
    ) async throws -> Result {
        // The simulator may not have noticed yet that an earlier uploader was killed.
        for user in users { try await simulator.untilSubscribed(user.strapAddress, false) }
        return try await uploader.serve(["run", "--config", configuration], waitsForLine: false, mayCrash: mayCrash) {
            running in
            for user in users where user.name != broadcaster?.name {
                try await simulator.untilSubscribed(user.strapAddress)
            }
            if broadcaster != nil { try await simulator.untilDiscovering() }
            return try await body(running)
        }
    }

    /// A new token of a user, in a file.
    package func token(of user: String, scope: String) async throws -> String {
        struct Issued: Decodable {
            let access_token: String
        }
        let output = try await hub.output(of: [
            "token", "issue", "--user", user, "--scope", scope, "--database", database.string, "--json",
        ])
        let issued = try JSONDecoder().decode(Issued.self, from: Data(output.utf8))
        return try PrivateFile.write(
            issued.access_token, to: folder.appending("\(user)-\(scope.filter(\.isLetter)).token"))
    }

    // MARK: Room

    /// A client that may read the room.
    package func roomClient(hub address: String, logger: Logger) throws -> PulsoidClient {
        try PulsoidClient(
            service: ServiceAddress(address), token: .file(path: accounts.roomTokenFile), client: WebClient(),
            logger: logger)
    }

    /// Follows the room into ``room`` while `body` runs, from the moment when the stream is open.
    package func withRoom<Result: Sendable>(
        port: Int, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let client = try roomClient(hub: "http://127.0.0.1:\(port)", logger: Logger(label: "test"))
        // An earlier stream of this room may have left events.
        let before = room.all.count
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await client.withRoom(accounts.roomID) { events in
                    for try await event in events { room.append(event) }
                }
            }
            await room.until { events in events.dropFirst(before).contains(where: \.isConnected) }
            return try await body()
        }
    }

    /// Returns when the room shows `count` more readings of every user.
    package func untilRoomShows(_ count: Int) async {
        let before = room.all.count
        let profiles = users.map(\.profileID)
        await room.until { events in
            let members = events.dropFirst(before).compactMap(\.member)
            return profiles.allSatisfy { profile in members.count { $0 == profile } >= count }
        }
    }

    /// Returns when the room has shown as many readings of the user as the strap has sent. The room must be followed
    /// since before the first one.
    package func untilRoomShowsAll(of user: TestUser) async {
        let (profile, count) = (user.profileID, sent.rates(of: user.strapAddress).count)
        await room.until { events in events.compactMap(\.member).count { $0 == profile } >= count }
    }

    // MARK: Straps

    /// Starts both hearts, at ten beats a second by default, which is half of Pulsoid's limit.
    package func startBeating(every interval: Duration = .milliseconds(100)) async {
        for user in users { await simulator.startBeating(user.strapAddress, every: interval) }
    }

    package func stopBeating() async {
        for user in users { await simulator.stopBeating(user.strapAddress) }
    }

    /// Returns when each strap has sent `count` more measurements.
    package func untilSent(_ count: Int) async throws {
        for user in users {
            let before = sent.rates(of: user.strapAddress).count
            try await simulator.untilSent(before + count, from: user.strapAddress)
        }
    }
}

extension PulsoidEvent<RoomMessage> {
    fileprivate var isConnected: Bool {
        if case .connected = self { true } else { false }
    }

    /// The profile of the member whose heart rate this is; nil for other events.
    fileprivate var member: String? {
        guard case .message(let message) = self, case .heartRate(let rate) = message.payload else { return nil }
        return rate.profileID
    }
}
