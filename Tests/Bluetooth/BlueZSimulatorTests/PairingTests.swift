import BlueZSimulator
import DBus
import TestKit
import Testing

/// AgentManager1, Pair, and characteristics that want an encrypted link.
@Suite(.timeLimit(.minutes(10)))
struct PairingTests {
    private let fixture: SimulatorFixture
    private let address = SimulatorFixture.address

    init() async throws {
        fixture = try await SimulatorFixture()
        await fixture.simulator.modify(address) { $0.requiresPairing = true }
        try await fixture.connect()
    }

    private func startNotifyError() async -> BusError? {
        await fixture.error(of: "StartNotify", on: "org.bluez.GattCharacteristic1", at: fixture.measurement)
    }

    private func pairError() async -> BusError? {
        await fixture.error(of: "Pair", on: "org.bluez.Device1", at: fixture.device)
    }

    private func register(_ capability: String, isDefault: Bool = false, _ methods: ExportedMethod...) async throws {
        try await fixture.bus.export([ExportedInterface("org.bluez.Agent1", methods: methods)], at: "/agent")
        let manager = fixture.object("/org/bluez")
        try await manager.call(
            "RegisterAgent", on: "org.bluez.AgentManager1", [.objectPath("/agent"), .string(capability)])
        if isDefault {
            try await manager.call("RequestDefaultAgent", on: "org.bluez.AgentManager1", [.objectPath("/agent")])
        }
    }

    private static let accept = ExportedMethod("RequestAuthorization", input: "o") { _ in [] }

    @Test func startNotify_withoutAnAgent_failsAfterThirtySeconds() async throws {
        async let refused = startNotifyError()
        await fixture.clock.waitOut(.seconds(30))
        #expect(await refused == BusError(name: "org.bluez.Error.NotPermitted", message: "Not paired"))
        #expect(await pairError()?.name == "org.bluez.Error.AuthenticationFailed")
    }

    @Test func startNotify_withADefaultAgent_pairs() async throws {
        try await register("NoInputNoOutput", isDefault: true, Self.accept)
        #expect(await startNotifyError() == nil)
        try await fixture.untilDevice("Paired", is: true)
    }

    @Test func pair_whenAnAgentAccepts_succeeds() async throws {
        try await register("NoInputNoOutput", Self.accept)
        #expect(await pairError() == nil)
        try await fixture.untilDevice("Paired", is: true)
        #expect(await startNotifyError() == nil)
        #expect(await pairError()?.name == "org.bluez.Error.AlreadyExists")
    }

    @Test func pair_whenTheStrapWantsProof_needsAnAgentThatCanGiveIt() async throws {
        await fixture.simulator.modify(address) { $0.pairingMethod = .showsPasskey(4711) }
        try await register("NoInputNoOutput", Self.accept)
        #expect(await pairError()?.name == "org.bluez.Error.AuthenticationFailed")
        try await fixture.object("/org/bluez").call(
            "UnregisterAgent", on: "org.bluez.AgentManager1", [.objectPath("/agent")])
        try await register(
            "KeyboardDisplay", ExportedMethod("RequestPasskey", input: "o", output: "u") { _ in [.uint32(4711)] })
        #expect(await pairError() == nil)
    }

    @Test func connect_whenTheStrapForgotItsBond_failsUntilTheDeviceIsRemoved() async throws {
        try await register("NoInputNoOutput", Self.accept)
        #expect(await pairError() == nil)
        await fixture.simulator.disconnect(address)
        try await fixture.untilDevice("Connected", is: false)
        await fixture.simulator.forgetBond(address)
        let refused = await fixture.error(of: "Connect", on: "org.bluez.Device1", at: fixture.device)
        #expect(refused?.message == "le-connection-abort-by-local")
        try await fixture.adapter.call(
            "RemoveDevice", on: "org.bluez.Adapter1", [.objectPath(SimulatorFixture.devicePath)])
        _ = try await fixture.mirror.first { $0.properties(of: "org.bluez.Device1", at: SimulatorFixture.devicePath) }
        #expect(await fixture.error(of: "Connect", on: "org.bluez.Device1", at: fixture.device) == nil)
    }
}
