import BlueZSimulator
import FoundationEssentials
import ProcessHarness
import SystemPackage
import TestKit
import UploaderStatus

@testable import HubStore
@testable import strapline

/// The stack, and the faults of the soak.
struct SoakStage {
    /// How long the soak takes; nil unless `make soak` runs it.
    static let minutes = ProcessInfo.processInfo.environment["STRAPLINE_SOAK_MINUTES"].flatMap { Double($0) }
    /// 168 readings a second of both straps together: in an hour, as many as one strap sends in a week.
    static let interval: Duration = .milliseconds(12)
    /// How many readings each strap sends during a fault, and between two faults: some seconds.
    private static let faultReadings = 250
    /// How many readings each strap sends without a hub.
    static let readingsWithoutHub = 250
    /// The most readings that wait while everything works: a batch of Cardiogram's, and the requests in flight.
    private static let calmBacklog = 200

    let stack: StackFixture
    let disk: SmallDisk
    let start = ContinuousClock.now

    func beat() async {
        await stack.startBeating(every: Self.interval)
    }

    /// Causes a fault, and returns when it has ended and the backlog is delivered.
    ///
    /// ``SoakFault/hubKilled`` is caused elsewhere, because the stack cannot recover without a hub.
    func suffer(_ fault: SoakFault) async throws {
        let simulator = stack.simulator
        let strap = stack.users[0].strapAddress
        let others = stack.users.dropFirst().map(\.strapAddress)
        switch fault {
        case .nothing, .hubKilled: try await untilSent(Self.faultReadings, by: others)
        case .linkLost: await simulator.disconnect(strap)
        case .strapAway:
            await simulator.disappear(strap)
            try await untilSent(Self.faultReadings, by: others)
            await simulator.appear(strap)
        case .strapSilent:
            await simulator.stopBeating(strap)
            try await untilSent(Self.faultReadings, by: others)
            await simulator.startBeating(strap, every: Self.interval)
        case .adapterOff:
            await simulator.setPowered(false)
            for address in [strap] + others { try await simulator.untilConnected(address, false) }
            await simulator.setPowered(true)
        case .bluetoothdRestarted:
            await simulator.stop()
            try await simulator.restart()
        case .bluetoothdKilled:
            await simulator.kill()
            try await simulator.restart()
        case .tokenReplaced: try await replaceToken()
        case .diskFull:
            disk.fill()
            _ = try await stack.status { $0.outbox.cannotWrite != nil }
            try await untilSent(Self.faultReadings, by: others)
            disk.empty()
            _ = try await stack.status { $0.outbox.cannotWrite == nil }
        }
        for user in stack.users { try await simulator.untilSubscribed(user.strapAddress) }
        try await untilSent(Self.faultReadings, by: [strap] + others)
        try await untilCalm()
    }

    func sample(day: Int, uploader: ProgramRunner.Running, hub: ProgramRunner.Running) -> SoakSample {
        SoakSample(
            day: day, minutes: (ContinuousClock.now - start) / .seconds(60), readings: stack.sent.count,
            uploader: .init(of: uploader.processID), hub: .init(of: hub.processID),
            outboxBytes: SoakSample.bytes(of: stack.outbox.string, [""]),
            outboxLogBytes: SoakSample.bytes(of: stack.outbox.string, ["-wal"]),
            hubBytes: SoakSample.bytes(of: stack.database.string, ["", "-wal"]))
    }

    /// Returns when nearly no reading waits for any destination.
    func untilCalm() async throws {
        _ = try await stack.status { report in
            report.destinations.allSatisfy { ($0.waiting ?? .max) <= Self.calmBacklog }
        }
    }

    private func untilSent(_ count: Int, by addresses: [String]) async throws {
        for address in addresses {
            let before = stack.sent.rates(of: address).count
            try await stack.simulator.untilSent(before + count, from: address)
        }
    }

    /// Revokes the first strap's token at the hub, and replaces it when the uploader has noticed.
    private func replaceToken() async throws {
        let user = stack.users[0]
        let old = try String(contentsOfFile: user.tokenFile, encoding: .utf8)
        _ = try await HubStore(path: stack.database.string).oauth.revoke(old)
        _ = try await stack.status { report in report.destinations.contains { $0.state == "paused" } }
        let file = try await stack.token(of: user.name, scope: "data:heart_rate:write,cardiogram:beats:write")
        let new = try String(contentsOfFile: file, encoding: .utf8)
        try PrivateFile.write(new, to: FilePath(user.tokenFile))
    }
}
