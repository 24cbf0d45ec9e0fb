import DBus
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ExportTests {
    private static let echo = ExportedInterface(
        "org.example.Echo",
        methods: [
            ExportedMethod("Echo", input: "v", output: "v") { $0.arguments },
            ExportedMethod("Fail") { _ in throw BusError(name: "org.example.Error.Broken", message: "as asked") },
            ExportedMethod("Lie", output: "s") { _ in [.int32(1)] },
        ],
        signals: [ExportedSignal("Spoken", arguments: "sa{sv}")],
        properties: ["Volume": .uint32(3)])

    private let daemon: PrivateBus
    private let server: Bus
    private let object: RemoteObject

    init() async throws {
        daemon = try PrivateBus()
        server = try await Bus.connect(to: daemon.address)
        try await server.export([Self.echo], at: "/org/example/echo")
        try await server.requestName("org.example")
        object = try await Bus.connect(to: daemon.address).object("/org/example/echo", of: "org.example")
    }

    @Test func call_whenMethodExists_returnsItsValues() async throws {
        let value: BusValue = .variant(
            .structure([.string("a"), .bytes([1, 2, 3]), .properties(["x": .double(0.5)])]))
        #expect(try await object.call("Echo", on: "org.example.Echo", [value]) == [value])
    }

    @Test(arguments: [
        ("Fail", "org.example.Echo", "org.example.Error.Broken"),
        ("Lie", "org.example.Echo", BusError.Name.failed),
        ("Nothing", "org.example.Echo", BusError.Name.unknownMethod),
        ("Echo", "org.example.Nothing", BusError.Name.unknownInterface),
        ("Echo", "org.example.Echo", BusError.Name.invalidArgs),
    ])
    func call_whenItCannotSucceed_throwsTheStandardError(member: String, interface: String, name: String) async throws {
        let error = await #expect(throws: BusError.self) { try await object.call(member, on: interface) }
        #expect(error?.name == name)
    }

    @Test func properties_whenGotSetAndUpdated_follow() async throws {
        #expect(try await object.property("Volume", of: "org.example.Echo") == .uint32(3))
        let error = await #expect(throws: BusError.self) {
            try await object.set("Volume", of: "org.example.Echo", to: .uint32(5))
        }
        #expect(error?.name == BusError.Name.propertyReadOnly)
        try await server.update(["Volume": .uint32(7)], of: "org.example.Echo", at: object.path)
        #expect(try await object.properties(of: "org.example.Echo") == ["Volume": .uint32(7)])
    }

    @Test func introspect_whenObjectsAreExported_tellsOfThem() async throws {
        let xml = try await object.call("Introspect", on: "org.freedesktop.DBus.Introspectable").first?.string ?? ""
        #expect(
            xml.contains(
                """
                  <interface name="org.example.Echo">
                    <method name="Echo">
                      <arg type="v" direction="in"/>
                      <arg type="v" direction="out"/>
                    </method>
                """))
        #expect(xml.contains(#"<property name="Volume" type="u" access="read"/>"#))
        #expect(xml.contains(#"<arg type="a{sv}"/>"#))
        let root = try await object.bus.object("/org", of: "org.example")
            .call("Introspect", on: "org.freedesktop.DBus.Introspectable").first?.string
        #expect(root?.contains(#"<node name="example"/>"#) == true)
    }

    @Test func call_whenObjectIsUnknown_throwsUnknownObject() async throws {
        let error = await #expect(throws: BusError.self) {
            try await object.bus.object("/nowhere", of: "org.example").call("Echo", on: "org.example.Echo")
        }
        #expect(error?.name == BusError.Name.unknownObject)
    }

    @Test func set_whenPropertyHasASetter_callsIt() async throws {
        let server = self.server
        let settable = ExportedInterface(
            "org.example.Settable", properties: ["Level": .uint32(1)],
            setters: [
                "Level": { call, value in
                    try await server.update(["Level": value], of: "org.example.Settable", at: call.path)
                }
            ])
        try await server.export([settable], at: "/org/example/settable")
        let settableObject = object.bus.object("/org/example/settable", of: "org.example")
        try await settableObject.set("Level", of: "org.example.Settable", to: .uint32(9))
        #expect(try await settableObject.property("Level", of: "org.example.Settable") == .uint32(9))
        let error = await #expect(throws: BusError.self) {
            try await settableObject.set("Level", of: "org.example.Settable", to: .string("loud"))
        }
        #expect(error?.name == BusError.Name.invalidArgs)
        try await server.unexport(at: "/org/example/settable")
    }
}
