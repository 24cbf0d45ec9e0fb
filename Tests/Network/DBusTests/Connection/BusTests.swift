import DBus
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10)))
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

    @Test func call_whenServiceDoesNotAnswer_timesOut() async throws {
        let clock = ManualClock()
        let server = try await Bus.connect(to: daemon.address)
        let (hanging, _) = try await export(hangingMethodOn: server)
        let client = try await Bus.connect(to: daemon.address, clock: clock)
        // The time-out of the call to the bus itself was measured by the same clock, and is over.
        let call = Task {
            try await client.object("/", of: server.uniqueName).call(
                "Hang", on: "org.example.Slow", timeout: .seconds(3))
        }
        _ = await hanging.first { _ in true }
        await clock.untilSleeping()
        clock.advance(by: .seconds(3))
        let error = await #expect(throws: BusError.self) { try await call.value }
        #expect(error?.code == .timedOut)
        #expect(error?.name == BusError.Name.noReply)
        await server.close()
    }

    @Test func call_whenCancelled_isForgottenAndItsLateReplyDropped() async throws {
        let server = try await Bus.connect(to: daemon.address)
        let (hanging, release) = try await export(hangingMethodOn: server)
        let client = try await Bus.connect(to: daemon.address)
        let call = Task {
            try await client.object("/", of: server.uniqueName).call("Hang", on: "org.example.Slow")
        }
        _ = await hanging.first { _ in true }
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        release.finish()
        // The late reply comes before the reply to this, and does no harm.
        #expect(try await client.owner(of: server.uniqueName) == server.uniqueName)
        await server.close()
    }

    @Test func call_whenManyAtOnce_eachGetsItsOwnReply() async throws {
        let server = try await Bus.connect(to: daemon.address)
        let echo = ExportedMethod("Echo", input: "u", output: "u") { $0.arguments }
        try await server.export([ExportedInterface("org.example.Echo", methods: [echo])], at: "/")
        let object = try await Bus.connect(to: daemon.address).object("/", of: server.uniqueName)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in UInt32(0)..<500 {
                group.addTask {
                    try await object.call("Echo", on: "org.example.Echo", [.uint32(number)]) == [.uint32(number)]
                }
            }
            for try await isOwn in group { #expect(isOwn) }
        }
        await server.close()
    }

    @Test func signals_whenConsumerIsSlow_dropTheOldestAndCountThem() async throws {
        let sender = try await Bus.connect(to: daemon.address)
        let receiver = try await Bus.connect(to: daemon.address)
        let rule = MatchRule(sender: await sender.uniqueName, interface: "org.example.Numbers")
        let numbers = try await receiver.signals(matching: rule, capacity: 3) { message in
            try? message.read { (reader) throws(BusError) in try reader.readInt32() }
        }
        for number in Int32(1)...10 {
            try await sender.emit(
                Signal(path: "/n", interface: "org.example.Numbers", member: "Next", arguments: [.int32(number)]))
        }
        // A round trip from the sender to the receiver after its signals: all have arrived by then.
        try await sender.call(
            MethodCall(
                destination: receiver.uniqueName, path: "/", interface: "org.freedesktop.DBus.Peer", member: "Ping"))
        #expect(numbers.droppedCount == 7)
        var received: [Int32] = []
        for try await number in numbers {
            received.append(number)
            if number == 10 { break }
        }
        #expect(received == [8, 9, 10])
    }

    @Test func signals_whenSenderIsNamed_leaveOutAllOthers() async throws {
        let sender = try await Bus.connect(to: daemon.address)
        let impostor = try await Bus.connect(to: daemon.address)
        let receiver = try await Bus.connect(to: daemon.address)
        try await sender.requestName("org.example")
        let named = try await receiver.signals(matching: MatchRule(sender: "org.example")) { $0.sender }
        // This one lets the impostor's signals reach the connection.
        let all = try await receiver.signals(matching: MatchRule(path: "/n")) { $0.sender }
        for bus in [impostor, sender] {
            try await bus.emit(Signal(path: "/n", interface: "org.example.Numbers", member: "Next"))
        }
        var (namedIterator, allIterator) = (named.makeAsyncIterator(), all.makeAsyncIterator())
        #expect(try await namedIterator.next() == sender.uniqueName)
        _ = try await allIterator.next()
        _ = try await allIterator.next()

        try await sender.releaseName("org.example")
        try await impostor.requestName("org.example")
        try await impostor.emit(Signal(path: "/n", interface: "org.example.Numbers", member: "Next"))
        #expect(try await namedIterator.next() == impostor.uniqueName)
    }

    @Test func signals_whenDaemonIsKilled_deliverWhatCameAndThrow() async throws {
        let bus = try await Bus.connect(to: daemon.address)
        let signals = try await bus.signals(matching: MatchRule(interface: "org.example.Numbers")) { $0.member }
        async let reason = bus.waitUntilClosed()
        daemon.kill()
        let error = await #expect(throws: BusError.self) { for try await _ in signals {} }
        #expect(error?.code == .disconnected)
        #expect(await reason.code == .disconnected)
        let next = await #expect(throws: BusError.self) { try await bus.owner(of: "org.example") }
        #expect(next?.code == .disconnected)
        try daemon.start()
        #expect(try await Bus.connect(to: daemon.address).owner(of: "org.example") == nil)
    }

    @Test func requestName_whenTaken_throws() async throws {
        let first = try await Bus.connect(to: daemon.address)
        let second = try await Bus.connect(to: daemon.address)
        try await first.requestName("org.example")
        let error = await #expect(throws: BusError.self) { try await second.requestName("org.example") }
        #expect(error?.message.contains("org.example") == true)
        #expect(try await second.owner(of: "org.example") == first.uniqueName)
    }

    @Test func ownerChanges_whenOwnerComesAndGoes_tellBoth() async throws {
        let owner = try await Bus.connect(to: daemon.address)
        let watcher = try await Bus.connect(to: daemon.address)
        var owners = try await watcher.ownerChanges(of: "org.example").makeAsyncIterator()
        try await owner.requestName("org.example")
        #expect(try await owners.next() == .some(owner.uniqueName))
        await owner.close()
        #expect(try await owners.next() == .some(nil))
    }

    /// Exports a method that reports each call and returns when the second stream is finished.
    private func export(
        hangingMethodOn server: Bus
    ) async throws -> (called: AsyncStream<Void>, release: AsyncStream<Void>.Continuation) {
        let (called, isCalled) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let hang = ExportedMethod("Hang") { _ in
            isCalled.yield()
            for await _ in released {}
            return []
        }
        try await server.export([ExportedInterface("org.example.Slow", methods: [hang])], at: "/")
        return (called, release)
    }
}
