import DBus
import TestKit
import Testing

@testable import BlueZ

/// The agent on a real bus, called as bluetoothd calls it.
@Suite(.timeLimit(.minutes(10)))
struct PairingAgentTests {
    private let daemon: PrivateBus
    private let caller: Bus
    private let owner: Bus
    private let prompt = PairingPrompt()
    private let told = Recorder<PairingProgress>()
    private static let device = Scenery.devicePath()

    init() async throws {
        daemon = try PrivateBus()
        caller = try await Bus.connect(to: daemon.address)
        owner = try await Bus.connect(to: daemon.address)
    }

    private func offer(isInteractive: Bool) async throws -> RemoteObject {
        let agent = PairingAgent(device: Self.device, isInteractive: isInteractive, prompt: prompt) { [told] in
            told.append($0)
        }
        try await owner.export([agent.interface], at: PairingAgent.path)
        return await caller.object(PairingAgent.path, of: owner.uniqueName)
    }

    private func error(
        _ agent: RemoteObject, _ method: String, _ arguments: BusValue..., about device: ObjectPath = device
    ) async -> BusError? {
        do {
            try await agent.call(method, on: PairingAgent.interfaceName, [.objectPath(device)] + arguments)
            return nil
        } catch {
            return error as? BusError
        }
    }

    @Test func agent_withoutATerminal_acceptsWhatNeedsNoAnswer() async throws {
        let agent = try await offer(isInteractive: false)
        #expect(await error(agent, "RequestAuthorization") == nil)
        #expect(await error(agent, "RequestConfirmation", .uint32(1)) == nil)
        #expect(await error(agent, "AuthorizeService", .string("180d")) == nil)
        for method in ["RequestPinCode", "RequestPasskey"] {
            #expect(await error(agent, method) == PairingAgent.rejected)
        }
        #expect(await error(agent, "DisplayPasskey", .uint32(1), .uint16(0)) == PairingAgent.rejected)
        try await agent.call("Cancel", on: PairingAgent.interfaceName)
        try await agent.call("Release", on: PairingAgent.interfaceName)
    }

    @Test func agent_whenAskedAboutAnotherDevice_rejects() async throws {
        let agent = try await offer(isInteractive: false)
        #expect(
            await error(agent, "RequestAuthorization", about: Scenery.devicePath(2)) == PairingAgent.rejected)
    }

    @Test func agent_whenTheQuestionIsCalledOff_answersCanceled() async throws {
        let agent = try await offer(isInteractive: true)
        async let refused = error(agent, "RequestPasskey")
        for await asked in prompt.questions {
            #expect(asked.question == .passkey)
            break
        }
        try await agent.call("Cancel", on: PairingAgent.interfaceName)
        #expect(await refused == PairingAgent.canceled)
    }

    @Test func agent_whenThePasskeyIsShown_tellsItOnce() async throws {
        let agent = try await offer(isInteractive: true)
        for entered: UInt16 in 0...2 {
            #expect(await error(agent, "DisplayPasskey", .uint32(7), .uint16(entered)) == nil)
        }
        #expect(await error(agent, "DisplayPinCode", .string("1234")) == nil)
        #expect(told.all == [.displayPasskey("000007"), .displayPinCode("1234")])
    }
}
