import BlueZSimulator
import ProcessHarness
import Subprocess
import SystemPackage
import Testing

/// `strapline energy reset` as a process beside a real uploader.
@Suite(.timeLimit(.minutes(10)), .serialized) struct EnergyCommandTests {
    @Test func reset_besideARunningUploader_tellsTheStrapAndDisturbsNothing() async throws {
        let stack = try await StackFixture()
        let user = stack.users[0]
        try await stack.withHub { _, port in
            try await stack.withRoom(port: port) {
                try await stack.withUploader { _ in
                    await stack.startBeating()
                    await stack.untilRoomShows(3)
                    let exit = try await reset(user.name, in: stack)
                    #expect(exit == .exited(0))
                    await stack.untilRoomShows(3)
                    await stack.stopBeating()
                    let strap = await stack.simulator.status.straps[user.strapAddress]
                    #expect(strap?.energyResets == 1)
                    #expect(strap?.connections == 1 && strap?.disconnections == 0)
                }
            }
        }
    }

    @Test func reset_ofAStrapThatIsNotConnected_saysSo() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { _, _ in
            let exit = try await reset(stack.users[0].name, in: stack)
            #expect(exit == .exited(69))
        }
    }

    private func reset(_ strap: String, in stack: StackFixture) async throws -> TerminationStatus {
        try await stack.commands.run(["energy", "reset", "--config", stack.configuration, strap]).status
    }
}
