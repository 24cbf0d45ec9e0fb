import DBus
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct BusTests {
    private let daemon: PrivateBus

    init() throws {
        daemon = try PrivateBus()
    }

    @Test func connect_whenBusRuns_hasUniqueName() async throws {
        let bus = try await Bus.connect(to: daemon.address)
        #expect(await bus.uniqueName.hasPrefix(":1."))
    }

    @Test func connect_whenNothingListens_throwsCannotConnect() async throws {
        let directory = TemporaryDirectory()
        let error = await #expect(throws: BusError.self) {
            try await Bus.connect(to: "unix:path=" + directory.file("nobody"))
        }
        #expect(error?.code == .cannotConnect)
    }

    @Test func call_whenServiceIsUnknown_throwsItsErrorName() async throws {
        let bus = try await Bus.connect(to: daemon.address)
        let error = await #expect(throws: BusError.self) {
            try await bus.object("/", of: "org.example.Nobody").call("Nothing", on: "org.example.Thing")
        }
        #expect(error?.name == BusError.Name.serviceUnknown || error?.name == BusError.Name.nameHasNoOwner)
        #expect(error?.code == .replied)
    }

    @Test func call_whenDaemonIsKilled_throwsDisconnected() async throws {
        let bus = try await Bus.connect(to: daemon.address)
        daemon.freeze()
        let call = Task {
            try await bus.object("/org/freedesktop/DBus", of: "org.freedesktop.DBus")
                .call("ListNames", on: "org.freedesktop.DBus")
        }
        daemon.kill()
        let error = await #expect(throws: BusError.self) { try await call.value }
        #expect(error?.code == .disconnected)
    }

    @Test func signals_whenEmittedByAnother_arrive() async throws {
        let sender = try await Bus.connect(to: daemon.address)
        let receiver = try await Bus.connect(to: daemon.address)
        let numbers = try await receiver.signals(matching: MatchRule(interface: "org.example.Numbers")) { message in
            try? message.read { (reader) throws(BusError) in try reader.readInt32() }
        }
        for number in Int32(1)...3 {
            try await sender.emit(
                Signal(path: "/n", interface: "org.example.Numbers", member: "Next", arguments: [.int32(number)]))
        }
        var received: [Int32] = []
        for try await number in numbers {
            received.append(number)
            if number == 3 { break }
        }
        #expect(received == [1, 2, 3])
    }
}
