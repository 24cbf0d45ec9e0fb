import DBus
import TestKit
import Testing

/// Peers that break the protocol, or send unexpected messages.
@Suite(.timeLimit(.minutes(10)))
struct MalformedPeerTests {
    /// A reply to Hello whose signature is `text`; its body is empty.
    private static func reply(signature text: String) -> [UInt8] {
        let replySerial: [UInt8] = [5, 1, UInt8(ascii: "u"), 0, 1, 0, 0, 0]
        let signature = [8, 1, UInt8(ascii: "g"), 0, UInt8(text.utf8.count)] + Array(text.utf8) + [0]
        let fields = replySerial + signature
        let head: [UInt8] = [UInt8(ascii: "l"), 2, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, UInt8(fields.count), 0, 0, 0]
        return head + fields + [UInt8](repeating: 0, count: (8 - fields.count % 8) % 8)
    }

    @Test(arguments: [
        [], [UInt8](repeating: 0, count: 64), Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), reply(signature: "a{"),
        reply(signature: "a"), reply(signature: "(("), reply(signature: "s"),
        // A body of 4 GiB is announced.
        [UInt8(ascii: "l"), 2, 0, 1, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0],
    ])
    func connect_whenBusSendsNonsense_throwsDisconnected(bytes: [UInt8]) async throws {
        let peer = ScriptedPeer(sending: bytes)
        let error = await #expect(throws: BusError.self) { try await Bus.connect(to: peer.address) }
        #expect(error?.code == .disconnected)
    }

    @Test func connect_whenHelloIsAnsweredWithoutAName_throwsUnexpectedType() async throws {
        let peer = ScriptedPeer(sending: Self.reply(signature: ""))
        let error = await #expect(throws: BusError.self) { try await Bus.connect(to: peer.address) }
        #expect(error?.code == .unexpectedType)
    }

    @Test func mirror_whenSignalsAreNotShapedAsTheyShould_leavesThemOut() async throws {
        let daemon = try PrivateBus()
        let server = try await Bus.connect(to: daemon.address)
        await server.exportObjectManager(at: "/")
        try await server.export(
            [ExportedInterface("org.example.Thing", properties: ["Size": .uint32(1)])], at: "/a")
        try await server.requestName("org.example")
        let client = try await Bus.connect(to: daemon.address)
        let mirror = try await ObjectMirror.start(of: "org.example", on: client)
        var changes = await mirror.follow().changes.makeAsyncIterator()
        let properties = "org.freedesktop.DBus.Properties"
        let manager = "org.freedesktop.DBus.ObjectManager"
        let odd: [(ObjectPath, String, String, [BusValue])] = [
            ("/a", properties, "PropertiesChanged", []),
            ("/a", properties, "PropertiesChanged", [.int32(1), .string("x")]),
            ("/a", properties, "PropertiesChanged", [.string("org.example.Thing"), .strings(["Size"]), .byte(0)]),
            ("/a", properties, "PropertiesChanged", [.string("org.example.Thing"), .properties(["Size": .byte(1)])]),
            ("/b", properties, "PropertiesChanged", [.string("org.example.Thing"), .properties([:]), .strings([])]),
            ("/", manager, "InterfacesAdded", [.string("/a")]),
            ("/", manager, "InterfacesAdded", [.objectPath("/a"), .properties(["x": .byte(1)])]),
            ("/", manager, "InterfacesRemoved", [.objectPath("/a"), .int32(5)]),
            ("/", manager, "InterfacesRemoved", [.objectPath("/c"), .strings(["org.example.Thing"])]),
        ]
        for (path, interface, member, arguments) in odd {
            try await server.emit(Signal(path: path, interface: interface, member: member, arguments: arguments))
        }
        try await server.update(["Size": .uint32(2)], of: "org.example.Thing", at: "/a")
        let changed = ObjectChange.changed(
            "/a", interface: "org.example.Thing", properties: ["Size": .uint32(2)], invalidated: [])
        #expect(try await changes.next() == changed)
        daemon.kill()
    }

    @Test func mirror_whenManagedObjectsAreOfAnotherType_throws() async throws {
        let daemon = try PrivateBus()
        let server = try await Bus.connect(to: daemon.address)
        let method = ExportedMethod("GetManagedObjects", output: "as") { _ in [.strings(["nothing"])] }
        try await server.export(
            [ExportedInterface("org.freedesktop.DBus.ObjectManager", methods: [method])], at: "/")
        try await server.requestName("org.example")
        let client = try await Bus.connect(to: daemon.address)
        let error = await #expect(throws: BusError.self) {
            try await ObjectMirror.start(of: "org.example", on: client)
        }
        #expect(error?.code == .unexpectedType)
        daemon.kill()
    }
}
