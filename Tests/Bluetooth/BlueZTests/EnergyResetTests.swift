import BlueZSimulator
import DBus
import Testing

@testable import BlueZ

@Suite(.timeLimit(.minutes(10))) struct EnergyResetTests {
    private static let address = PairingFixture.address
    private static let chest = SimulatedStrap(address: address, name: "Chest")

    private func reset(
        _ fixture: PairingFixture, _ selector: StrapSelector = .name("Chest")
    ) async -> Result<NearbyDevice, EnergyResetError> {
        do throws(EnergyResetError) {
            return .success(try await fixture.bluetooth.resetEnergyExpended(of: selector))
        } catch {
            return .failure(error)
        }
    }

    @Test func reset_ofAStrapThatAnotherProgramListensTo_tellsTheStrap() async throws {
        let fixture = try await PairingFixture(Self.chest)
        let uploader = try await fixture.connectElsewhere()
        #expect(try await reset(fixture).get().address.description == Self.address)
        let status = await fixture.simulator.status.straps[Self.address]
        #expect(status?.energyResets == 1)
        #expect(status?.isConnected == true)
        await uploader.close()
    }

    @Test func reset_ofAStrapWithoutTheFunction_saysSo() async throws {
        var strap = Self.chest
        strap.resetsEnergy = false
        let fixture = try await PairingFixture(strap)
        let uploader = try await fixture.connectElsewhere()
        #expect(await reset(fixture).failure == .notOffered)
        #expect("\(EnergyResetError.notOffered)".contains("no such function"))
        await uploader.close()
    }

    @Test func reset_whenBluetoothdRemembersOldServices_saysWhatToDoAndLeavesTheLink() async throws {
        let fixture = try await PairingFixture(Self.chest)
        let uploader = try await fixture.connectElsewhere()
        var faults = StrapFaults()
        faults.staleCacheError = BlueZError.att(0x01)
        await fixture.simulator.setFaults(faults, of: Self.address)
        let error = try #require(await reset(fixture).failure)
        #expect(error == .refused(BlueZError.att(0x01)))
        #expect("\(error)".contains("ATT error: 0x01") && "\(error)".contains("forget it"))
        let status = await fixture.simulator.status.straps[Self.address]
        #expect(status?.isConnected == true && status?.removals == 0)
        await uploader.close()
    }

    @Test func reset_ofAStrapThatIsNotConnected_connectsNothing() async throws {
        let fixture = try await PairingFixture(Self.chest)
        #expect(await reset(fixture).failure == .notConnected)
        #expect(await fixture.simulator.status.straps[Self.address]?.connectAttempts == 0)
    }

    @Test func reset_withoutBluetoothd_saysSo() async throws {
        let fixture = try await PairingFixture(Self.chest)
        await fixture.simulator.stop()
        #expect(await reset(fixture).failure == .machine(.bluetoothdMissing))
    }
}
