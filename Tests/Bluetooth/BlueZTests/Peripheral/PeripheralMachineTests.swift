import DBus
import TestKit
import Testing
import Timing

@testable import BlueZ

@Suite struct PeripheralMachineTests {
    private static let hci0: ObjectPath = "/org/bluez/hci0"
    private static let hci1: ObjectPath = "/org/bluez/hci1"

    private func adapter(
        _ path: ObjectPath = hci0, _ last: UInt8 = 1, isPowered: Bool = true, isPeripheral: Bool = true
    ) throws -> PeripheralMachine.Adapter {
        PeripheralMachine.Adapter(
            path: path, address: try #require(BluetoothAddress("00:AA:01:00:00:0\(last)")), isPowered: isPowered,
            isPeripheral: isPeripheral)
    }

    private func machine(adapter address: String? = nil) -> PeripheralMachine {
        PeripheralMachine(
            adapter: address.flatMap(BluetoothAddress.init), randomNumbers: SplitMix64(seed: 1))
    }

    /// A machine whose application is registered.
    private func serving(on adapters: [PeripheralMachine.Adapter]) -> PeripheralMachine {
        var machine = machine()
        _ = machine.handle(.adapters(adapters), now: .zero)
        _ = machine.handle(.registered(.application, on: adapters[0].path, failure: nil), now: .zero)
        return machine
    }

    /// A machine whose advertisement is registered too.
    private func advertising(on adapters: [PeripheralMachine.Adapter]) -> PeripheralMachine {
        var machine = serving(on: adapters)
        _ = machine.handle(.live(true), now: .zero)
        _ = machine.handle(.registered(.advertisement, on: adapters[0].path, failure: nil), now: .zero)
        return machine
    }

    @Test func application_isRegisteredAtOnce_andTheAdvertisementWithTheFirstHeartRate() throws {
        var machine = machine()
        #expect(
            machine.handle(.adapters([try adapter()]), now: .zero)
                == [.register(.application, on: Self.hci0), .report(nil)])
        #expect(machine.handle(.live(true), now: .zero).isEmpty)
        #expect(
            machine.handle(.registered(.application, on: Self.hci0, failure: nil), now: .zero)
                == [.register(.advertisement, on: Self.hci0)])
        #expect(machine.handle(.registered(.advertisement, on: Self.hci0, failure: nil), now: .zero).isEmpty)
        #expect(machine.handle(.live(true), now: .seconds(1)).isEmpty)
    }

    @Test func advertisement_withoutAHeartRate_ends_andComesBackWithTheNext() throws {
        var machine = advertising(on: [try adapter()])
        #expect(machine.handle(.live(false), now: .seconds(5)) == [.unregister(.advertisement, on: Self.hci0)])
        #expect(machine.handle(.live(true), now: .seconds(5)).isEmpty)
        #expect(
            machine.handle(.unregistered(.advertisement, on: Self.hci0), now: .seconds(5))
                == [.register(.advertisement, on: Self.hci0)])
    }

    @Test func linkChange_renewsTheAdvertisement_onceForSeveral_andNotOnOtherAdapters() throws {
        var machine = advertising(on: [try adapter(), try adapter(Self.hci1, 2)])
        #expect(machine.handle(.linkChanged(on: Self.hci1), now: .seconds(10)).isEmpty)
        #expect(machine.handle(.linkChanged(on: Self.hci0), now: .seconds(10)) == [.wake(at: .seconds(11))])
        #expect(machine.handle(.linkChanged(on: Self.hci0), now: .milliseconds(10_500)) == [.wake(at: .seconds(11))])
        #expect(machine.handle(.wake, now: .seconds(11)) == [.unregister(.advertisement, on: Self.hci0)])
        #expect(
            machine.handle(.unregistered(.advertisement, on: Self.hci0), now: .seconds(11))
                == [.register(.advertisement, on: Self.hci0)])
        _ = machine.handle(.registered(.advertisement, on: Self.hci0, failure: nil), now: .seconds(11))
        // Not more often than every two seconds.
        #expect(machine.handle(.linkChanged(on: Self.hci0), now: .seconds(11)) == [.wake(at: .seconds(13))])
    }

    /// A reader is quicker than the answer of bluetoothd.
    @Test func linkChange_beforeTheAnswer_renewsTheAdvertisementToo() throws {
        var machine = serving(on: [try adapter()])
        #expect(machine.handle(.live(true), now: .zero) == [.register(.advertisement, on: Self.hci0)])
        #expect(machine.handle(.linkChanged(on: Self.hci0), now: .zero) == [.wake(at: .seconds(2))])
        #expect(
            machine.handle(.registered(.advertisement, on: Self.hci0, failure: nil), now: .zero)
                == [.wake(at: .seconds(2))])
        #expect(machine.handle(.wake, now: .seconds(2)) == [.unregister(.advertisement, on: Self.hci0)])
    }

    @Test func release_byBluetoothd_registersAgainAfterAWhile() throws {
        var machine = advertising(on: [try adapter()])
        #expect(machine.handle(.released, now: .seconds(5)) == [.wake(at: .seconds(6))])
        #expect(machine.handle(.wake, now: .seconds(6)) == [.register(.advertisement, on: Self.hci0)])
    }

    @Test func bluetoothd_whenItRestarts_getsEverythingAgain() throws {
        var machine = advertising(on: [try adapter()])
        #expect(machine.handle(.adapters(nil), now: .seconds(5)) == [.report(.machine(.bluetoothdMissing))])
        #expect(
            machine.handle(.adapters([try adapter()]), now: .seconds(6))
                == [.register(.application, on: Self.hci0), .report(nil)])
        #expect(
            machine.handle(.registered(.application, on: Self.hci0, failure: nil), now: .seconds(6))
                == [.register(.advertisement, on: Self.hci0)])
    }

    @Test func registration_thatWasLeftBehind_isRemovedFirst_withoutAReport() throws {
        var machine = machine()
        _ = machine.handle(.adapters([try adapter()]), now: .zero)
        let taken = BusError(name: "org.bluez.Error.AlreadyExists", message: "Already Exists")
        #expect(
            machine.handle(.registered(.application, on: Self.hci0, failure: taken), now: .zero)
                == [.unregister(.application, on: Self.hci0)])
        #expect(
            machine.handle(.unregistered(.application, on: Self.hci0), now: .zero)
                == [.register(.application, on: Self.hci0)])
    }

    @Test func refusal_isReportedOnce_andTriedAgainLaterAndLater() throws {
        var machine = serving(on: [try adapter()])
        _ = machine.handle(.live(true), now: .zero)
        let refusal = BusError(name: "org.bluez.Error.NotPermitted", message: "Maximum advertisements reached")
        var now = Duration.zero
        var reports = 0
        for _ in 0..<8 {
            let actions = machine.handle(.registered(.advertisement, on: Self.hci0, failure: refusal), now: now)
            reports += actions.count { if case .report = $0 { true } else { false } }
            guard case .wake(let at)? = actions.last else {
                Issue.record("\(actions)")
                return
            }
            #expect(at - now <= .seconds(30))
            now = at
            #expect(machine.handle(.wake, now: now) == [.register(.advertisement, on: Self.hci0)])
        }
        #expect(reports == 1)
        #expect(
            machine.handle(.registered(.advertisement, on: Self.hci0, failure: nil), now: now) == [.report(nil)])
        #expect("\(PeripheralFault.refused(refusal))".contains("no room for another advertisement"))
    }

    @Test func adapter_thatGoesOff_isReported_andThenAdvertisesAgain() throws {
        var machine = advertising(on: [try adapter()])
        let off = try adapter(isPowered: false)
        #expect(
            machine.handle(.adapters([off]), now: .seconds(5)) == [.report(.machine(.adapterOff(off.address, nil)))])
        #expect(
            machine.handle(.adapters([try adapter()]), now: .seconds(9))
                == [.unregister(.advertisement, on: Self.hci0), .report(nil)])
    }

    @Test func adapter_thatIsNamed_isTheOnlyOne() throws {
        var machine = machine(adapter: "00:AA:01:00:00:02")
        let missing = try #require(BluetoothAddress("00:AA:01:00:00:02"))
        #expect(
            machine.handle(.adapters([try adapter()]), now: .zero) == [.report(.machine(.adapterMissing(missing)))])
        #expect(
            machine.handle(.adapters([try adapter(), try adapter(Self.hci1, 2)]), now: .zero)
                == [.register(.application, on: Self.hci1), .report(nil)])
    }

    @Test func adapter_withoutThePeripheralRole_isPassedOver_orReported() throws {
        let central = try adapter(isPeripheral: false)
        var machine = machine()
        #expect(
            machine.handle(.adapters([central]), now: .zero) == [.report(.noPeripheralRole(central.address))])
        #expect(
            machine.handle(.adapters([central, try adapter(Self.hci1, 2)]), now: .zero)
                == [.register(.application, on: Self.hci1), .report(nil)])
    }

    @Test func adapter_thatIsLeftForAnother_isCleared() throws {
        var machine = advertising(on: [try adapter(), try adapter(Self.hci1, 2)])
        #expect(
            machine.handle(.adapters([try adapter(isPowered: false), try adapter(Self.hci1, 2)]), now: .seconds(1))
                == [
                    .unregister(.advertisement, on: Self.hci0), .unregister(.application, on: Self.hci0),
                    .register(.application, on: Self.hci1),
                ])
    }
}
