import DBus
import TestKit
import Testing

/// Values, random and extreme, on their way through a real bus and back.
@Suite(.timeLimit(.minutes(10)))
struct BusValueTests {
    private let daemon: PrivateBus
    private let server: Bus
    private let echo: RemoteObject

    init() async throws {
        daemon = try PrivateBus()
        server = try await Bus.connect(to: daemon.address)
        let method = ExportedMethod("Echo", input: "v", output: "v") { $0.arguments }
        try await server.export([ExportedInterface("org.example.Echo", methods: [method])], at: "/")
        try await server.requestName("org.example")
        echo = try await Bus.connect(to: daemon.address).object("/", of: "org.example")
    }

    private func roundTrip(_ value: BusValue) async throws -> BusValue? {
        let reply = try await echo.call("Echo", on: "org.example.Echo", [.variant(value)])
        guard case .variant(let inner) = reply.first else { return nil }
        return inner
    }

    @Test(
        arguments: [
            .byte(.max), .boolean(true), .boolean(false), .int16(.min), .uint16(.max), .int32(.min), .uint32(.max),
            .int64(.min), .uint64(.max), .double(-0.0), .double(.infinity), .double(.leastNonzeroMagnitude),
            .string(""),
            .string("Strap é 心 \u{FFFF}"), .objectPath("/"), .objectPath("/a/b_1"), .signature(""),
            .signature("a{sv}(ii)"),
            .bytes([]), .bytes([0, 255]), .strings([]), .strings(["a", "b"]), .properties([:]),
            .array(of: "a{sv}", [.properties(["a": .variant(.byte(1))])]),
            .structure([.byte(1), .structure([.string("x")])]),
            .dictionary(key: "q", value: "v", [.uint16(0x6B): .variant(.bytes([1]))]), .variant(.variant(.byte(1))),
            .array(of: "(sa{sv})", [.structure([.string("s"), .properties(["k": .uint64(9)])])]),
            .array(of: "ay", [.bytes([1, 2]), .bytes([])]),
            .array(of: "v", [.variant(.byte(1)), .variant(.string("x"))]),
        ] as [BusValue])
    func value_whenSentAndReturned_isTheSame(value: BusValue) async throws {
        #expect(try await roundTrip(value) == value)
    }

    @Test func values_whenRandom_returnTheSame() async throws {
        var random = RandomValues(seed: 42)
        for _ in 0..<300 {
            let value = random.value()
            #expect(try await roundTrip(value) == value)
        }
    }

    @Test func bytes_whenMegabytes_returnTheSame() async throws {
        let value = BusValue.bytes([UInt8](repeating: 7, count: 5_000_000))
        let isSame = try await roundTrip(value) == value
        #expect(isSame)
    }

    @Test func bytes_whenMoreThanAMessageHolds_areRefused() async throws {
        let count = BusLimits.messageBytes + 1
        let error = await #expect(throws: BusError.self) {
            _ = try await roundTrip(.bytes([UInt8](repeating: 0, count: count)))
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test(
        arguments: [
            .string("a\0b"), .structure([]), .array(of: "s", [.byte(1)]), .array(of: "ss", []),
            .dictionary(key: "v", value: "s", [:]), .dictionary(key: "s", value: "s", [.string("a"): .byte(1)]),
            (0...BusLimits.nesting).reduce(.byte(1)) { value, _ in .variant(value) },
            (0...BusLimits.nesting).reduce(.byte(1)) { value, _ in .structure([value]) },
        ] as [BusValue])
    func value_whenImpossible_isRefusedBeforeItIsSent(value: BusValue) async throws {
        let error = await #expect(throws: BusError.self) { try await roundTrip(value) }
        #expect(error?.code == .invalidArgument)
        // The connection has not suffered.
        #expect(try await roundTrip(.byte(1)) == .byte(1))
    }

    @Test(arguments: [
        ("org.example", "/", "bad interface", "M"), ("org.example", "/", "org.example", "not a member"),
        ("not a name", "/", "org.example", "M"), ("org.example", "/", "org.exa\0mple", "M"),
    ])
    func call_whenANameIsInvalid_isRefused(
        destination: String, path: ObjectPath, interface: String, member: String
    ) async throws {
        let error = await #expect(throws: BusError.self) {
            try await server.call(
                MethodCall(destination: destination, path: path, interface: interface, member: member))
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test(arguments: ["", "a", "/a/", "//", "/a//b", "/a-b", "/\0"])
    func objectPath_whenInvalid_isNil(text: String) {
        #expect(ObjectPath(text) == nil)
    }

    @Test(arguments: ["a", "(", "()", "{sv}", "a{vs}", "z", "s\0"])
    func signature_whenInvalid_isNil(text: String) {
        #expect(Signature(text) == nil)
    }

    @Test func isBelow_whenPathsShareAPrefixOnly_isFalse() {
        let path: ObjectPath = "/org/bluez/hci0"
        #expect(path.isBelow("/"))
        #expect(path.isBelow("/org/bluez"))
        #expect(!path.isBelow("/org/blue"))
        #expect(!path.isBelow(path))
    }
}
