import BlueZSimulator
import Subprocess
import SystemPackage
import Testing

@testable import strapline_demo

/// `strapline energy reset` as a process of its own, beside a real uploader.
@Suite(.timeLimit(.minutes(2)), .serialized) struct EnergyCommandTests {
    @Test func reset_besideARunningUploader_tellsTheStrapAndDisturbsNothing() async throws {
        let house = try await House()
        let performer = house.cast.performers[0]
        try await house.withHub { _, port in
            try await house.withRoom(port: port) {
                try await house.withUploader { _ in
                    await house.startBeating()
                    await house.untilRoomShows(3)
                    let exit = try await reset(performer.name, in: house)
                    #expect(exit == .exited(0))
                    await house.untilRoomShows(3)
                    await house.stopBeating()
                    let strap = await house.simulator.status.straps[performer.strapAddress]
                    #expect(strap?.energyResets == 1)
                    #expect(strap?.connections == 1 && strap?.disconnections == 0)
                }
            }
        }
    }

    @Test func reset_ofAStrapThatIsNotConnected_saysSo() async throws {
        let house = try await House()
        try await house.withHub { _, _ in
            let exit = try await reset(house.cast.performers[0].name, in: house)
            #expect(exit == .exited(69))
        }
    }

    private func reset(_ strap: String, in house: House) async throws -> TerminationStatus {
        try await Subprocess.run(
            .path(house.uploader.path), arguments: ["energy", "reset", "--config", house.configuration, strap],
            environment: house.uploader.environment, input: .none, output: .discarded, error: .discarded
        ).terminationStatus
    }
}
