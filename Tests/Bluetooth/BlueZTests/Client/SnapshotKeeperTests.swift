import TestKit
import Testing
import Timing

@testable import BlueZ
@testable import DBus

/// A snapshot kept by changes equals one made from all objects.
@Suite struct SnapshotKeeperTests {
    private typealias Interface = BlueZSnapshot.Interface

    private static let scopes: [DeviceScope] = [
        .everything, .straps([StrapConfiguration(name: "a", selector: .first)]),
        .straps([
            StrapConfiguration(name: "a", selector: .name("Strap")),
            StrapConfiguration(name: "b", selector: .first, mode: .broadcast),
        ]),
        .straps(
            [StrapConfiguration(name: "a", selector: .address(Scenery.strap(2).address))], includingConnected: true),
    ]

    @Test(arguments: 0..<200 as Range<UInt64>)
    func keeper_afterAnyChanges_showsWhatASnapshotFromScratchShows(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let scope = Self.scopes[Int(seed % UInt64(Self.scopes.count))]
        var world = MirroredWorld()
        var keeper = SnapshotKeeper(showing: scope)
        _ = keeper.take(.loaded, of: world.objects)
        for step in 0..<150 {
            let shown = keeper.kept
            let before = keeper.snapshot
            let updates = world.changeAtRandom(&random)
            if Int.random(in: 0..<10, using: &random) == 0 { keeper.scanBegins(on: Scenery.hci0) }
            if Int.random(in: 0..<10, using: &random) == 0 { _ = keeper.scanEnded(on: Scenery.hci0) }
            let middle = keeper.snapshot
            let urgencies = updates.map { keeper.take($0, of: world.objects) }
            let isLoaded = updates.contains(.loaded)
            let scratch = BlueZSnapshot(
                revision: 0, of: world.objects, showing: scope, keeping: shown, heard: keeper.heard)
            #expect(keeper.snapshot == scratch, "seed \(seed), step \(step): \(updates)")
            #expect(
                isLoaded || middle == keeper.snapshot || urgencies.contains { $0 != nil },
                "seed \(seed), step \(step): a change without a snapshot")
            #expect(before.unavailable == nil)
        }
    }

    private static func objects(_ properties: [String: BusValue] = [:]) -> MirroredObjects {
        var world = MirroredWorld()
        world.add(Scenery.hci0, Interface.adapter, MirroredWorld.adapter())
        world.add(Scenery.devicePath(), Interface.device, MirroredWorld.device(1, properties))
        return world.objects
    }

    private static let path = Scenery.devicePath()

    private func keeper(of objects: MirroredObjects, showing scope: DeviceScope = .everything) -> SnapshotKeeper {
        var keeper = SnapshotKeeper(showing: scope)
        _ = keeper.take(.loaded, of: objects)
        return keeper
    }

    /// Changes properties of the one device, in the objects and for the keeper.
    private func change(
        _ properties: [String: BusValue], invalidated: [String] = [], in objects: inout MirroredObjects,
        _ keeper: inout SnapshotKeeper
    ) -> SnapshotKeeper.Urgency? {
        let changes = objects.change(properties, invalidated: invalidated, of: Interface.device, at: Self.path)
        return changes.compactMap { keeper.take(.changed($0), of: objects) }.first
    }

    /// The advertisement of one adapter is heard by another, before or after that one is there.
    @Test func keeper_neverShowsAnAdapterOfThisMachineAsADevice() {
        let hci1: ObjectPath = "/org/bluez/hci1"
        var world = MirroredWorld()
        world.add(Scenery.hci0, Interface.adapter, MirroredWorld.adapter())
        world.add(Scenery.devicePath(), Interface.device, MirroredWorld.device(1))
        var keeper = keeper(of: world.objects)
        #expect(keeper.snapshot.devices.count == 1)
        let own = world.objects.property("Address", of: Interface.device, at: Scenery.devicePath())
        var adapter = MirroredWorld.adapter()
        adapter["Address"] = own
        var objects = world.objects
        for change in objects.add([Interface.adapter: adapter], at: hci1) {
            #expect(keeper.take(.changed(change), of: objects) == .now)
        }
        #expect(keeper.snapshot.devices.isEmpty)
        for change in objects.change(
            ["RSSI": .int16(-40)], invalidated: [], of: Interface.device, at: Scenery.devicePath())
        {
            #expect(keeper.take(.changed(change), of: objects) == nil)
        }
        #expect(BlueZSnapshot(revision: 0, of: objects).devices.isEmpty)
        for change in objects.remove([Interface.adapter], at: hci1) {
            #expect(keeper.take(.changed(change), of: objects) == .now)
        }
        #expect(keeper.snapshot.devices.count == 1)
    }

    // MARK: Changes that make a snapshot

    @Test func keeper_whenNobodysStrapIsHeardAgain_showsNothingNew() {
        var objects = Self.objects(["UUIDs": .strings([])])
        var keeper = keeper(of: objects, showing: .straps([StrapConfiguration(name: "a", selector: .first)]))
        #expect(change(["RSSI": .int16(-40)], in: &objects, &keeper) == nil)
        #expect(change([:], in: &objects, &keeper) == nil)
        #expect(keeper.snapshot.devices.isEmpty)
    }

    @Test func keeper_whenOnlyTheSignalMoves_isNotInAHurry() {
        var objects = Self.objects(["RSSI": .int16(-60)])
        var keeper = keeper(of: objects)
        #expect(change(["RSSI": .int16(-40)], in: &objects, &keeper) == .soon)
        #expect(keeper.snapshot.devices[Self.path]?.signalStrength == -40)
        #expect(change(["RSSI": .int16(-40)], in: &objects, &keeper) == nil)
        #expect(change([:], invalidated: ["RSSI"], in: &objects, &keeper) == .now, "it is not there any more")
    }

    @Test func keeper_whenADeviceTellsTheName_showsItFromThenOn() {
        var objects = Self.objects(["Name": .string("?"), "Alias": .string("?")])
        var keeper = keeper(of: objects, showing: .straps([StrapConfiguration(name: "a", selector: .name("Strap"))]))
        #expect(keeper.snapshot.devices.isEmpty)
        #expect(change(["Name": .string("Strap")], in: &objects, &keeper) == .now)
        #expect(change(["Name": .string("Strap 2"), "Alias": .string("x")], in: &objects, &keeper) == .now)
        #expect(keeper.snapshot.devices[Self.path]?.name == "Strap 2", "the device that fitted stays")
    }

    @Test func keeper_whenItsScopeIsWidened_showsMoreFromTheNextLoadOn() {
        let objects = Self.objects()
        var keeper = keeper(of: objects, showing: .straps([]))
        keeper.widen(to: .straps([StrapConfiguration(name: "a", selector: .first)]))
        #expect(keeper.snapshot.devices.isEmpty)
        #expect(keeper.take(.loaded, of: objects) == .now)
        #expect(keeper.snapshot.devices.count == 1)
    }

    // MARK: Received devices

    @Test(
        arguments: [
            ["UUIDs": .strings([])], ["Name": .string("Strap")],
            ["ManufacturerData": .dictionary(key: "q", value: "v", [:])],
            [:],
        ] as [[String: BusValue]])
    func device_whenAnyPropertyChangesDuringAScan_wasHeard(properties: [String: BusValue]) {
        var objects = Self.objects()
        var keeper = keeper(of: objects)
        _ = change(properties, in: &objects, &keeper)
        #expect(keeper.snapshot.devices[Self.path]?.isPresent == false, "no scan is on")
        keeper.scanBegins(on: Scenery.hci0)
        _ = change(properties, in: &objects, &keeper)
        #expect(keeper.snapshot.devices[Self.path]?.isPresent == true)
    }

    @Test(
        arguments: [
            ["Connected": .boolean(false)], ["ServicesResolved": .boolean(false)], ["Trusted": .boolean(true)],
        ] as [[String: BusValue]])
    func device_whenThisMachineChangesIt_wasNotHeard(properties: [String: BusValue]) {
        var objects = Self.objects()
        var keeper = keeper(of: objects)
        keeper.scanBegins(on: Scenery.hci0)
        _ = change(properties, in: &objects, &keeper)
        _ = change([:], invalidated: ["RSSI"], in: &objects, &keeper)
        #expect(keeper.snapshot.devices[Self.path]?.isPresent == false)
    }

    @Test func device_thatAppearsDuringAScanOfWhomever_wasHeardUntilItEnds() {
        var world = MirroredWorld()
        world.add(Scenery.hci0, Interface.adapter, MirroredWorld.adapter(isDiscovering: true))
        var keeper = keeper(of: world.objects)
        for update in world.add(Self.path, Interface.device, MirroredWorld.device(1)) {
            #expect(keeper.take(update, of: world.objects) == .now)
        }
        #expect(keeper.snapshot.devices[Self.path]?.isPresent == true)
        #expect(keeper.take(.loaded, of: world.objects) == .now)
        #expect(keeper.snapshot.devices[Self.path]?.isPresent == true, "objects that are read again change nothing")
        for update in world.change(Scenery.hci0, Interface.adapter, ["Discovering": .boolean(false)]) {
            _ = keeper.take(update, of: world.objects)
        }
        #expect(keeper.snapshot.devices[Self.path]?.isPresent == false)
    }

    @Test func device_thatIsOnlyRemembered_isNotPresent() {
        var keeper = keeper(of: Self.objects())
        keeper.scanBegins(on: Scenery.hci0)
        #expect(keeper.snapshot.devices[Self.path]?.isPresent == false)
    }
}
