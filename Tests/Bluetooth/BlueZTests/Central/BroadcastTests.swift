import BlueZSimulator
import HeartRate
import TestKit
import Testing

@testable import BlueZ

/// Broadcasts through a simulated bluetoothd.
@Suite(.timeLimit(.minutes(10)))
struct BroadcastTests {
    private static let chest = CentralFixture.chest
    private static let arm = CentralFixture.arm

    private static func broadcaster(_ address: String, _ rate: UInt16 = 72) -> SimulatedStrap {
        var strap = SimulatedStrap(address: address, name: "Polar \(address.suffix(2))")
        strap.broadcasts = true
        strap.beats = beats(rate)
        return strap
    }

    private static func beats(_ rate: UInt16) -> BeatSource {
        .constant(HeartRateMeasurement(beatsPerMinute: rate, contact: .detected))
    }

    private static func configuration(
        _ name: String, _ selector: StrapSelector = .first, _ mode: StrapMode = .broadcast
    ) -> StrapConfiguration {
        StrapConfiguration(name: name, selector: selector, mode: mode)
    }

    /// Broadcasts until the central has heard one: the first makes the device known, and is not listened for yet. With
    /// a rate of its own, because broadcasts of before may still be on their way.
    private static func broadcastUntilLive(
        _ fixture: CentralFixture, _ address: String = chest, as strap: String = "chest", at rate: UInt16 = 72
    ) async throws {
        try await fixture.simulator.untilDiscovering()
        await fixture.simulator.modify(address) { $0.beats = beats(rate) }
        await fixture.simulator.startBeating(address, every: .milliseconds(100))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await fixture.bluetoothClock.waitOutEverything(upTo: .milliseconds(100)) }
            await fixture.events.until { $0.measurements(of: strap).contains { $0.beatsPerMinute == rate } }
            group.cancelAll()
        }
        await fixture.simulator.stopBeating(address)
    }

    private static func broadcast(_ rate: UInt16, _ fixture: CentralFixture) async throws {
        await fixture.simulator.modify(chest) { $0.beats = beats(rate) }
        try #require(await fixture.simulator.notify(chest) != nil)
    }

    @Test func central_whenAStrapBroadcasts_takesEachBroadcastOnceAndNeverConnects() async throws {
        let fixture = try await CentralFixture(straps: Self.broadcaster(Self.chest))
        try await fixture.run([Self.configuration("chest")]) {
            try await Self.broadcastUntilLive(fixture)
            for rate in 100..<120 as Range<UInt16> { try await Self.broadcast(rate, fixture) }
            await fixture.events.until { $0.measurements(of: "chest").last?.beatsPerMinute == 119 }
        }
        let rates = fixture.events.all.measurements(of: "chest").map(\.beatsPerMinute)
        #expect(rates.filter { $0 >= 100 } == Array(100..<120), "each once, and in order")
        #expect(fixture.events.all.states(of: "chest").last { $0.phase == .live }?.device?.name == "Polar 01")
        #expect(await fixture.simulator.status.straps[Self.chest]?.connectAttempts == 0)
    }

    @Test func central_withManyBroadcastStraps_keepsThemApart() async throws {
        let fixture = try await CentralFixture(
            straps: Self.broadcaster(Self.chest, 60), Self.broadcaster(Self.arm, 120))
        let arm = Self.configuration("arm", .name("Polar 02"))
        try await fixture.run([Self.configuration("chest"), arm]) {
            try await Self.broadcastUntilLive(fixture, Self.arm, as: "arm", at: 120)
            try await Self.broadcastUntilLive(fixture, Self.chest, as: "chest", at: 60)
            for _ in 0..<10 {
                await fixture.simulator.notify(Self.chest)
                await fixture.simulator.notify(Self.arm)
            }
            await fixture.events.until {
                $0.measurements(of: "chest").count > 10 && $0.measurements(of: "arm").count > 10
            }
        }
        #expect(fixture.events.all.measurements(of: "chest").allSatisfy { $0.beatsPerMinute == 60 })
        #expect(fixture.events.all.measurements(of: "arm").allSatisfy { $0.beatsPerMinute == 120 })
    }

    @Test func central_withABroadcastBesideAConnectedStrap_servesBothOnOneAdapter() async throws {
        let fixture = try await CentralFixture(
            straps: Self.broadcaster(Self.chest), SimulatedStrap(address: Self.arm, name: "Arm"))
        let arm = Self.configuration("arm", .name("Arm"), .connect)
        try await fixture.run([Self.configuration("chest"), arm]) {
            try await fixture.beatUntilLive(Self.arm, as: "arm")
            try await Self.broadcastUntilLive(fixture)
            // The link is lost and made again: the scan pauses for it, and the broadcasts go on.
            await fixture.simulator.disconnect(Self.arm)
            try await fixture.simulator.until { $0.straps[Self.arm]?.subscriptions == 2 }
            await fixture.simulator.notify(Self.arm)
            await fixture.untilPhase(.live, of: "arm", times: 2)
            try await Self.broadcastUntilLive(fixture, at: 73)
        }
        #expect(!fixture.events.all.phases(of: "chest").contains(.disconnected))
    }

    @Test func central_whenTheBroadcastsEndAndReturn_tellsBothAndInventsNothing() async throws {
        let fixture = try await CentralFixture(straps: Self.broadcaster(Self.chest))
        try await fixture.run([Self.configuration("chest")]) {
            try await Self.broadcastUntilLive(fixture)
            await fixture.simulator.disappear(Self.chest)
            await withTaskGroup(of: Void.self) { group in
                // A packet on its way postpones the deadline.
                group.addTask { await fixture.clock.waitOutEverything(upTo: StrapLimits.broadcastSilence) }
                await fixture.untilPhase(.disconnected, of: "chest")
                group.cancelAll()
            }
            await fixture.simulator.appear(Self.chest)
            try await Self.broadcastUntilLive(fixture, at: 73)
            await fixture.untilPhase(.live, of: "chest", times: 2)
        }
        let sentCount = try #require(await fixture.simulator.status.straps[Self.chest]).measurementsSent
        #expect(fixture.events.all.measurements(of: "chest").count <= sentCount)
    }

    @Test func central_whenBluetoothdRestarts_hearsTheBroadcastsAgain() async throws {
        let fixture = try await CentralFixture(straps: Self.broadcaster(Self.chest))
        try await fixture.run([Self.configuration("chest")]) {
            try await Self.broadcastUntilLive(fixture)
            await fixture.simulator.kill()
            await fixture.untilPhase(.blocked, of: "chest")
            try await fixture.simulator.restart()
            try await Self.broadcastUntilLive(fixture, at: 73)
            await fixture.untilPhase(.live, of: "chest", times: 2)
        }
    }
}
