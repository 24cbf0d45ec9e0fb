import DBus
import Testing

@testable import BlueZ

@Suite struct SearchRuleTests {
    private let hci0 = Scenery.adapter()
    private let hci1 = Scenery.adapter(Scenery.hci1, address: "00:AA:01:00:00:43")
    private let any = SearchRule(adapter: nil)

    private func paths(_ rule: SearchRule, _ adapters: BlueZSnapshot.Adapter...) -> [ObjectPath] {
        rule.adapters(in: Scenery.snapshot(1, adapters: adapters)).map(\.path)
    }

    private func off(_ adapter: BlueZSnapshot.Adapter, _ block: RadioSwitch.Block? = nil) -> BlueZSnapshot.Adapter {
        var adapter = adapter
        adapter.isPowered = false
        adapter.block = block
        return adapter
    }

    @Test func adapters_areAllThatAreOn() {
        #expect(paths(any, hci1, hci0) == [hci0.path, hci1.path])
        #expect(paths(any, off(hci0), hci1) == [hci1.path])
    }

    @Test func adapters_whileNoneIsOn_areTheFirstThatNoSwitchHoldsOff() {
        #expect(paths(any, off(hci0), off(hci1)) == [hci0.path])
        #expect(paths(any, off(hci0, .hard), off(hci1)) == [hci1.path])
        #expect(paths(any, off(hci0, .hard), off(hci1, .soft)) == [hci0.path])
        #expect(paths(any) == [])
    }

    @Test func adapters_withOneThatIsNamed_areThatOne() {
        let rule = SearchRule(adapter: hci1.address)
        #expect(paths(rule, hci0, hci1) == [hci1.path])
        #expect(paths(rule, hci0, off(hci1)) == [hci1.path])
        #expect(paths(rule, hci0) == [])
        #expect(rule.words == "the adapter 00:AA:01:00:00:43")
        #expect(any.words == "any adapter that is on")
    }

    @Test func device_isTakenByLinkThenByFailureThenBySignal() {
        let connected = Scenery.strap(1, signalStrength: nil, isConnected: true)
        let strong = Scenery.strap(2, signalStrength: -40)
        let weak = Scenery.strap(3, on: Scenery.hci1, signalStrength: -80)
        var quiet = Scenery.strap(4, signalStrength: nil)
        quiet.isHeard = true
        #expect(SearchRule.best(of: [quiet, weak, strong, connected]) == connected)
        #expect(SearchRule.best(of: [quiet, weak, strong]) == strong)
        #expect(SearchRule.best(of: [quiet, weak, strong], avoiding: { $0 == strong.address }) == weak)
        #expect(SearchRule.best(of: [quiet, weak]) == weak, "a device without a signal strength comes last")
        #expect(SearchRule.best(of: [] as [BlueZSnapshot.Device]) == nil)
    }

    @Test func device_withAnUnknownStrength_comesAfterOneThatIsKnown() {
        let unknown = Scenery.strap(1, signalStrength: 127)
        let weak = Scenery.strap(2, signalStrength: -90)
        #expect(SearchRule.best(of: [unknown, weak]) == weak)
    }

    @Test func device_withABondOnOneAdapter_isTakenThere() {
        let near = Scenery.strap(1, signalStrength: -40)
        let bonded = Scenery.strap(1, on: Scenery.hci1, signalStrength: -80, isPaired: true)
        let other = Scenery.strap(2, signalStrength: -60, isPaired: true)
        #expect(SearchRule.best(of: [near, bonded, other]) == bonded)
        #expect(SearchRule.best(of: [near, bonded], after: bonded.path) == near)
    }

    @Test func device_thatFailedOnOneAdapter_isTriedOnTheOther() {
        let near = Scenery.strap(1, signalStrength: -40)
        let far = Scenery.strap(1, on: Scenery.hci1, signalStrength: -80)
        #expect(SearchRule.best(of: [near, far], after: near.path) == far)
        #expect(SearchRule.best(of: [near], after: near.path) == near)
    }

    @Test func devices_heardByTwoAdapters_areOneByTheBetterOne() {
        let far = Scenery.strap(1, signalStrength: -80)
        let near = Scenery.strap(1, on: Scenery.hci1, signalStrength: -50)
        let other = Scenery.strap(2)
        #expect(SearchRule.distinct([far, near, other]) == [other, near])
    }

    @Test func device_isReachedOnAnAllowedAdapterThatIsOn() {
        let snapshot = Scenery.snapshot(1, adapters: [hci0, off(hci1)])
        #expect(any.reaches(Scenery.strap(1), in: snapshot))
        #expect(!any.reaches(Scenery.strap(1, on: Scenery.hci1), in: snapshot))
        #expect(!SearchRule(adapter: hci1.address).reaches(Scenery.strap(1), in: snapshot))
    }

    // MARK: Addresses that change

    @Test(arguments: [
        // Resolvable and non-resolvable private addresses.
        ("5A:11:22:33:44:55", true), ("6B:66:77:88:99:AA", true), ("13:00:00:00:00:01", true),
        // Manufacturers' addresses, static random ones, and one that may be either.
        ("00:22:D0:00:00:01", false), ("C4:11:22:33:44:55", false), ("48:00:00:00:00:01", false),
    ])
    func address_tellsByItselfWhetherItChanges(text: String, isPrivate: Bool) {
        #expect(Scenery.address(text).isCertainlyPrivate == isPrivate)
    }

    @Test func device_hasAPrivateAddress_whenItIsRandomAndThereIsNoBond() {
        var device = Scenery.strap()
        device.address = Scenery.address("48:00:00:00:00:01")
        #expect(!device.hasPrivateAddress)
        device.isAddressRandom = true
        #expect(device.hasPrivateAddress)
        device.isPaired = true
        #expect(!device.hasPrivateAddress)
    }
}
