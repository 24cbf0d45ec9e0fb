import DBus
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ObjectMirrorTests {
    private let daemon: PrivateBus
    private let client: Bus

    init() async throws {
        daemon = try PrivateBus()
        client = try await Bus.connect(to: daemon.address)
    }

    private func makeServer() async throws -> Bus {
        let server = try await Bus.connect(to: daemon.address)
        await server.exportObjectManager(at: "/")
        try await server.export([thing(size: 1)], at: "/a")
        try await server.requestName("org.example")
        return server
    }

    private func thing(size: UInt32) -> ExportedInterface {
        ExportedInterface("org.example.Thing", properties: ["Size": .uint32(size)])
    }

    private func size(_ path: ObjectPath) -> @Sendable (MirroredObjects) -> Int64? {
        { $0.property("Size", of: "org.example.Thing", at: path)?.integer }
    }

    @Test func start_whenServiceRuns_holdsItsObjects() async throws {
        let server = try await makeServer()
        let mirror = try await ObjectMirror.start(of: "org.example", on: client)
        #expect(await mirror.objects.interfaces == ["/a": ["org.example.Thing": ["Size": .uint32(1)]]])
        #expect(await mirror.isServicePresent)
        await server.close()
    }

    @Test func objects_whenTheyChange_follow() async throws {
        let server = try await makeServer()
        let mirror = try await ObjectMirror.start(of: "org.example", on: client)
        var changes = await mirror.follow().changes.makeAsyncIterator()

        try await server.export([thing(size: 5)], at: "/b")
        let added = ObjectChange.added("/b", interface: "org.example.Thing", properties: ["Size": .uint32(5)])
        #expect(try await changes.next() == added)

        try await server.update(["Size": .uint32(6)], of: "org.example.Thing", at: "/b")
        let changed = ObjectChange.changed(
            "/b", interface: "org.example.Thing", properties: ["Size": .uint32(6)], invalidated: [])
        #expect(try await changes.next() == changed)
        #expect(await mirror.objects.property("Size", of: "org.example.Thing", at: "/b") == .uint32(6))

        try await server.unexport(at: "/b")
        #expect(try await changes.next() == .removed("/b", interface: "org.example.Thing"))
        #expect(await mirror.objects.paths == ["/a"])
    }

    @Test func objects_whenOwnerVanishesAndReturns_areEmptiedAndRebuilt() async throws {
        let first = try await makeServer()
        let mirror = try await ObjectMirror.start(of: "org.example", on: client)
        let (_, changes) = await mirror.follow()
        var iterator = changes.makeAsyncIterator()

        await first.close()
        #expect(try await iterator.next() == .serviceVanished)
        #expect(await mirror.objects == MirroredObjects())

        let second = try await makeServer()
        #expect(try await iterator.next() == .serviceAppeared)
        #expect(try await mirror.first(size("/a")) == 1)
        try await second.update(["Size": .uint32(2)], of: "org.example.Thing", at: "/a")
        while try await mirror.first(size("/a")) != 2 { _ = try await iterator.next() }
    }

    @Test func start_whenNobodyOwnsTheName_isEmptyUntilSomebodyDoes() async throws {
        let mirror = try await ObjectMirror.start(of: "org.example", on: client)
        #expect(await mirror.isServicePresent == false)
        async let found = mirror.first(size("/a"))
        let server = try await makeServer()
        #expect(try await found == 1)
        await server.close()
    }

    @Test func follow_whenDaemonIsKilled_throwsDisconnected() async throws {
        let server = try await makeServer()
        let mirror = try await ObjectMirror.start(of: "org.example", on: client)
        let changes = await mirror.follow().changes
        daemon.kill()
        let error = await #expect(throws: BusError.self) { for try await _ in changes {} }
        #expect(error?.code == .disconnected)
        #expect(await mirror.objects == MirroredObjects())
        await server.close()
    }

    @Test func start_whenInterfacesAreNamed_followsNoOtherProperties() async throws {
        let server = try await makeServer()
        let mirror = try await ObjectMirror.start(of: "org.example", on: client, following: ["org.example.Thing"])
        let (_, changes) = await mirror.follow()
        try await server.export([ExportedInterface("org.example.Other", properties: ["X": .int32(1)])], at: "/c")
        try await server.update(["X": .int32(2)], of: "org.example.Other", at: "/c")
        try await server.update(["Size": .uint32(9)], of: "org.example.Thing", at: "/a")
        var iterator = changes.makeAsyncIterator()
        _ = try await iterator.next()
        let changed = ObjectChange.changed(
            "/a", interface: "org.example.Thing", properties: ["Size": .uint32(9)], invalidated: [])
        #expect(try await iterator.next() == changed)
    }

    @Test func start_whenPropertiesAreChosen_keepsOnlyThose() async throws {
        let server = try await makeServer()
        let kept = KeptProperties(
            ["Size"],
            readingPartly: [
                "Data": { (reader) throws(BusError) in
                    // Of the bytes only their number.
                    .int32(Int32(try reader.readBytes().count))
                }
            ])
        let mirror = try await ObjectMirror.start(
            of: "org.example", on: client, following: ["org.example.Thing"], keeping: ["org.example.Thing": kept])
        let (_, changes) = await mirror.follow()
        var iterator = changes.makeAsyncIterator()
        let thing = ExportedInterface(
            "org.example.Thing",
            properties: ["Size": .uint32(5), "Data": .bytes([1, 2, 3]), "Name": .string("x")])
        try await server.export([thing], at: "/b")
        let added = ObjectChange.added(
            "/b", interface: "org.example.Thing", properties: ["Size": .uint32(5), "Data": .int32(3)])
        #expect(try await iterator.next() == added)
        try await server.update(["Name": .string("y")], of: "org.example.Thing", at: "/b")
        let nothingKept = ObjectChange.changed("/b", interface: "org.example.Thing", properties: [:], invalidated: [])
        #expect(try await iterator.next() == nothingKept)
        try await server.update(
            ["Data": .bytes([])], of: "org.example.Thing", at: "/b", removing: ["Name", "Size"])
        let changed = ObjectChange.changed(
            "/b", interface: "org.example.Thing", properties: ["Data": .int32(0)], invalidated: ["Size"])
        #expect(try await iterator.next() == changed)
        await server.close()
    }

    @Test func observe_tellsThePresentThenEachUpdateAndTheEnd() async throws {
        let server = try await makeServer()
        let mirror = try await ObjectMirror.start(of: "org.example", on: client)
        let told = Recorder<MirrorUpdate>()
        let ends = Recorder<Bool>()
        await mirror.observe { update, objects in
            if case .changed(.added(let path, let interface, _)) = update {
                #expect(objects.properties(of: interface, at: path) != nil, "the objects hold it already")
            }
            told.append(update)
        } finish: { error in
            ends.append(error?.code == .disconnected)
        }
        try await server.export([thing(size: 5)], at: "/b")
        await told.until { $0.count == 2 }
        await mirror.announce()
        try await mirror.refresh()
        await server.close()
        await told.until { $0.last == .vanished }
        let added = ObjectChange.added("/b", interface: "org.example.Thing", properties: ["Size": .uint32(5)])
        #expect(told.all == [.loaded, .changed(added), .loaded, .loaded, .vanished])
        daemon.kill()
        await ends.until { $0 == [true] }
    }
}
