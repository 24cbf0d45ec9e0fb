import Delivery
import Logging
import Outbox
import TestKit
import Testing
import Timing

@Suite(.timeLimit(.minutes(10)))
struct RedeliveryServiceTests {
    /// Readings 60, 61, … in the outbox, all set aside.
    private func fixture(_ count: Int, limits: DestinationLimits = .single) async throws -> LaneDeliveryFixture {
        let fixture = try LaneDeliveryFixture(limits: limits)
        try await fixture.append((0..<count).map { UInt16(60 + $0) })
        try await fixture.outbox.setAside(Array(1...Int64(count)), in: fixture.lane, reason: "odd")
        try await fixture.outbox.acknowledge(fixture.lane, through: Int64(count))
        return fixture
    }

    private func whileRetrying(
        _ fixture: LaneDeliveryFixture, to destination: (any Destination)? = nil, _ body: () async throws -> Void
    ) async throws {
        let lane = destination.map {
            LaneDelivery(
                strap: "chest", to: $0, from: fixture.outbox, time: fixture.time, clock: fixture.clock,
                logger: Logger(label: "test", factory: { _ in fixture.log }))
        }
        let retry = RedeliveryService(beside: lane ?? fixture.delivery)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await retry.run() }
            try await body()
            group.cancelAll()
        }
    }

    /// The next pass begins.
    private func wakeUp(_ fixture: LaneDeliveryFixture, after wait: Duration = RedeliveryService.interval) async {
        await fixture.clock.waitOut(wait)
    }

    private func setAside(_ fixture: LaneDeliveryFixture) async throws -> [DeadLetter] {
        try await OutboxReader(path: fixture.outbox.path).setAside().sorted { $0.entry.id < $1.entry.id }
    }

    private func requeue(_ fixture: LaneDeliveryFixture) async throws {
        _ = try await DeadLetterRequeue(path: fixture.outbox.path).requeueAll()
    }

    @Test func readings_whenPutBackWhileItRuns_areSentWithinHalfAMinute_oneAtATime() async throws {
        let fixture = try await fixture(3)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await whileRetrying(fixture) {
            await fixture.clock.untilSleeping()
            try await requeue(fixture)
            await wakeUp(fixture)
            for bpm in UInt16(60)...62 {
                let request = try #require(await requests.next())
                #expect(request.rates == [bpm])
                request.answer(.accepted)
            }
            await fixture.clock.untilSleeping()
        }
        #expect(try await setAside(fixture).isEmpty)
        #expect(
            fixture.log.lines == [.init(level: .notice, message: "readings that were set aside are delivered")])
    }

    @Test func reading_whenRefusedAgain_isSetAsideWithTheNewWords_andNotSentOnceMore() async throws {
        let fixture = try await fixture(2)
        try await requeue(fixture)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await whileRetrying(fixture) {
            await requests.next()?.answer(.refused(reason: "still odd"))
            await requests.next()?.answer(.accepted)
            await wakeUp(fixture)
            await fixture.clock.untilSleeping()
            #expect(try await setAside(fixture).map(\.reason) == ["still odd"])
            try await requeue(fixture)
            await wakeUp(fixture)
            #expect(await requests.next()?.rates == [60], "only when it is put back once more")
        }
        #expect(try await setAside(fixture).map(\.refusals) == [2])
    }

    @Test func failure_endsThePass_andTheNextOneWaitsAsLongAsTheServiceTold() async throws {
        let fixture = try await fixture(2)
        try await requeue(fixture)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await whileRetrying(fixture) {
            await requests.next()?.answer(.accepted)
            await requests.next()?.answer(.tryLater(after: .seconds(90), reason: "503 Service Unavailable"))
            await wakeUp(fixture, after: .seconds(90))
            await requests.next()?.answer(.pause(reason: "token expired"))
            await wakeUp(fixture)
            let request = try #require(await requests.next())
            #expect(request.rates == [61])
            request.answer(.accepted)
            await fixture.clock.untilSleeping()
        }
        #expect(try await setAside(fixture).isEmpty)
        #expect(fixture.log.lines.map(\.level) == [.notice, .warning, .notice], "a failure is reported once")
        let status = await fixture.delivery.status
        #expect(status.lastError == "token expired" && status.lastSuccessAtBootMilliseconds != nil)
    }

    @Test func reading_whenTheProgramEndsInBetween_staysPutBack() async throws {
        let fixture = try await fixture(2)
        try await requeue(fixture)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await whileRetrying(fixture) {
            await requests.next()?.answer(.accepted)
            _ = await requests.next()
        }
        #expect(try await setAside(fixture).map(\.isRequeued) == [true])
    }

    @Test func lane_goesOnBesideARetryThatHangs() async throws {
        let fixture = try await fixture(1)
        try await requeue(fixture)
        let hanging = ScriptedDestination(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await whileRetrying(fixture, to: hanging) {
            try await fixture.whileRunning {
                try await fixture.append([99])
                let request = try #require(await requests.next())
                #expect(request.rates == [99])
                request.answer(.accepted)
            }
        }
    }

    /// Whatever fails in between, in the end the good ones are delivered, in order but for repetitions, and the bad
    /// ones are set aside.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func putBack_whateverFails_isDeliveredOrRefusedInTheEnd(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 1...40, using: &random)
        let limits = DestinationLimits(
            readingsPerRequest: Int.random(in: 1...8, using: &random), requestsInFlight: 3, requestsPerSecond: nil,
            linger: .seconds(30), keepTogetherMilliseconds: Bool.random(using: &random) ? 1_000 : 0)
        let fixture = try LaneDeliveryFixture(limits: limits)
        for rate in 0..<count {
            try await fixture.append([UInt16(60 + rate)])
            fixture.time.advance(milliseconds: 1_000)
        }
        let ids = Array(1...Int64(count))
        try await fixture.outbox.setAside(ids, in: fixture.lane, reason: "odd")
        try await requeue(fixture)
        let bad = Set((0..<count).filter { _ in Int.random(in: 0..<5, using: &random) == 0 }.map { UInt16(60 + $0) })
        let service = FaultyDestination(limits: limits, bad: bad, seed: seed)
        try await whileRetrying(fixture, to: service) {
            while try await setAside(fixture).contains(where: \.isRequeued) { await wakeUp(fixture) }
            await fixture.clock.untilSleeping()
        }
        let delivered = await service.delivered
        let good = (0..<count).map { UInt16(60 + $0) }.filter { !bad.contains($0) }
        #expect(delivered == good)
        #expect(Set(try await setAside(fixture).compactMap(\.entry.reading.heartRate)) == bad)
        #expect(try await setAside(fixture).allSatisfy { $0.refusals == 2 })
    }
}
