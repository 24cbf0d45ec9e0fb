import BlueZSimulator
import HeartRate
import TestKit
import Testing

@testable import BlueZ

/// What a central learns about its straps from a bluetoothd.
@Suite(.timeLimit(.minutes(10))) struct CentralLearningTests {
    private static let chest = CentralFixture.chest
    private static let strap = SimulatedStrap(address: chest, name: "Chest")

    @Test func central_whenStrapIsLive_tellsWhatItIs() async throws {
        let fixture = try await CentralFixture(straps: Self.strap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.events.until { $0.details().last?.firmwareRevision != nil }
        }
        let details = try #require(fixture.events.all.details().last)
        #expect(details.batteryPercent == 80)
        #expect(details.bodySensorLocation == .chest)
        #expect(details.manufacturerName == "Example")
        #expect(details.modelNumber == "Simulated Strap")
        #expect(details.serialNumber == "000001")
        #expect(details.firmwareRevision == "1.0")
    }

    @Test func central_whenBatteryChanges_tellsIt() async throws {
        let fixture = try await CentralFixture(straps: Self.strap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.events.until { $0.details().last?.batteryPercent == 80 }
            await fixture.simulator.setBattery(19, Self.chest)
            await fixture.events.until { $0.details().last?.batteryPercent == 19 }
        }
    }

    @Test func central_whenReadsFail_leavesThemOut() async throws {
        let fixture = try await CentralFixture(straps: Self.strap)
        var faults = StrapFaults()
        faults.failingReads = 4
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.events.until { $0.details().last?.firmwareRevision != nil }
        }
        #expect(fixture.events.all.details().last?.manufacturerName == nil)
        #expect(await fixture.simulator.status.straps[Self.chest]?.reads == 5, "each once")
    }

    @Test func central_whenAReadHangs_goesOnListeningAndAsksNoMore() async throws {
        let fixture = try await CentralFixture(straps: Self.strap)
        var faults = StrapFaults()
        faults.hangsReads = true
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            try await fixture.simulator.until { $0.straps[Self.chest]?.reads == 1 }
            #expect(await fixture.simulator.notify(Self.chest, count: 20) == 20)
            await fixture.events.until { $0.measurements().count == 21 }
            // Not afterwards: a central that is cancelled may report another state.
            #expect(fixture.events.all.phases().last == .live)
        }
        #expect(await fixture.simulator.status.straps[Self.chest]?.reads == 1)
    }
}

extension [StrapEvent] {
    fileprivate func details(of strap: String = "strap 0") -> [StrapDetails] {
        compactMap { if case .details(let details) = $0.kind, $0.strap == strap { details } else { nil } }
    }
}
