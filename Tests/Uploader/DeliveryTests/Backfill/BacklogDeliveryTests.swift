import Delivery
import HeartRate
import Logging
import Outbox
import TestKit
import Testing
import Timing

/// A lane and its out-of-band deliveries, with a real outbox.
@Suite(.timeLimit(.minutes(10)))
struct BacklogDeliveryTests {
    private func whileRunning(_ fixture: LaneDeliveryFixture, _ body: () async throws -> Void) async throws {
        let gaps = BackfillDelivery(beside: fixture.delivery)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await fixture.delivery.run() }
            group.addTask { try? await gaps.run() }
            try await body()
            group.cancelAll()
        }
    }

    private func waiting(_ fixture: LaneDeliveryFixture) async throws -> Int? {
        try await fixture.outbox.statistics().lanes.first?.waiting
    }

    /// One reading each 250 ms, numbered by its time.
    private func append(_ count: Int, to fixture: LaneDeliveryFixture) async throws {
        let now = fixture.time.now()
        try await fixture.outbox.append(
            (0..<Int64(count)).map { number in
                Reading(
                    strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: 60),
                    measuredAtMilliseconds: now.wallMilliseconds + number * 250,
                    bootMilliseconds: now.bootMilliseconds + number * 250)
            })
        fixture.advance(by: .milliseconds(250 * count))
    }

    @Test func outageOfAThousandReadings_whenNewestFirst_bringsTheNewestFirst_thenAll() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single, backlog: BacklogPolicy(order: .newestFirst))
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await append(1, to: fixture)
        let first = fixture.time.now().wallMilliseconds - 250
        try await whileRunning(fixture) {
            // It is over before the out-of-band delivery looks again, so that the lane alone tries the service.
            await requests.next()?.answer(.tryLater(after: .seconds(252), reason: "503"))
            await fixture.clock.untilSleeping(2)
            try await append(999, to: fixture)
            await fixture.clock.untilSleeping(2)
            #expect(await fixture.delivery.status.state == .retrying)
            let newest = fixture.time.now().wallMilliseconds - 250
            fixture.advance(by: .milliseconds(2250))
            let probe = try #require(await requests.next())
            #expect(probe.readings.map(\.measuredAtMilliseconds) == [newest])
            #expect(try await waiting(fixture) == 1000)
            probe.answer(.accepted)
            async let _: Void = fixture.clock.waitOutEverything(upTo: .seconds(10))
            var times: [Int64] = []
            while times.count < 999 {
                let request = try #require(await requests.next())
                times += request.readings.map(\.measuredAtMilliseconds)
                request.answer(.accepted)
            }
            #expect(times.first == newest - 20 * 250, "of the newest readings that were missed")
            #expect(times.sorted() == (0..<999).map { first + $0 * 250 })
            while try await waiting(fixture) != 0 { await Task.yield() }
        }
    }

    @Test func batches_whenNewestFirst_partNoSecond() async throws {
        let fixture = try LaneDeliveryFixture(limits: .batch, backlog: BacklogPolicy(order: .newestFirst))
        try await append(401, to: fixture)
        var seconds: [Int64] = []
        var count = 0
        try await whileRunning(fixture) {
            async let _: Void = fixture.clock.waitOutEverything(upTo: .seconds(60))
            for await request in fixture.destination.requests {
                seconds += Set(request.readings.map { $0.measuredAtMilliseconds / 1000 })
                count += request.readings.count
                request.answer(.accepted)
                if count == 401 { break }
            }
        }
        #expect(Set(seconds).count == seconds.count, "each second in one request")
    }

    @Test func lane_thatIsInOrderAgain_stillSendsWhatItHadLeftBehind() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        try await append(50, to: fixture)
        _ = try await fixture.outbox.deferBacklog(
            in: fixture.lane, unlessAtMost: 1, done: [], keepTogetherMilliseconds: 0)
        let newest = fixture.time.now().wallMilliseconds - 250
        try await whileRunning(fixture) {
            var times: [Int64] = []
            for await request in fixture.destination.requests {
                times += request.readings.map(\.measuredAtMilliseconds)
                request.answer(.accepted)
                if times.count == 50 { break }
            }
            #expect(times.sorted() == (0..<50).map { newest - (49 - $0) * 250 })
        }
    }

    @Test func backfill_beforeItSendsTheNextRequest_hasStoredThatTheLastIsDone() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        try await append(6, to: fixture)
        // All but the newest, which stays in the lane.
        _ = try await fixture.outbox.deferBacklog(
            in: fixture.lane, unlessAtMost: 1, done: [], keepTogetherMilliseconds: 0)
        let backfill = BackfillDelivery(beside: fixture.delivery)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await backfill.run() }
            for left in (2...6).reversed() {
                let request = try #require(await requests.next())
                #expect(try await waiting(fixture) == left)
                request.answer(.accepted)
            }
            group.cancelAll()
        }
    }

    @Test func gap_whenItsServiceFails_isLeftForLater_andNotSentWhileTheLaneIsPaused() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single, backlog: BacklogPolicy(order: .newestFirst))
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await append(3, to: fixture)
        try await fixture.whileRunning {
            let newest = try #require(await requests.next())
            newest.answer(.pause(reason: "token expired"))
            await fixture.clock.untilSleeping()
            // The lane tries before the out-of-band delivery looks again.
            fixture.advance(by: .seconds(27))
            let gaps = BackfillDelivery(beside: fixture.delivery)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await gaps.run() }
                await fixture.clock.untilSleeping(2)
                #expect(fixture.destination.requestCount == 1, "not while the lane is paused")
                await fixture.clock.waitOut(.seconds(3))
                let again = try #require(await requests.next())
                #expect(again.readings == newest.readings, "one request probes, and it is the newest")
                again.answer(.accepted)
                async let _: Void = fixture.clock.waitOutEverything(upTo: .seconds(10))
                await requests.next()?.answer(.tryLater(after: nil, reason: "503"))
                for _ in 1...2 { await requests.next()?.answer(.accepted) }
                while try await waiting(fixture) != 0 { await Task.yield() }
                group.cancelAll()
            }
        }
        #expect(try await waiting(fixture) == 0)
    }

    /// Requests fail at random, the deliveries are ended twice in between, bad readings are among them: in the end each
    /// is delivered or set aside.
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func newestFirst_whateverFails_losesNothing(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let limits = DestinationLimits(
            readingsPerRequest: Int.random(in: 1...8, using: &random), requestsInFlight: 3, requestsPerSecond: nil,
            keepTogetherMilliseconds: Bool.random(using: &random) ? 1_000 : 0)
        let fixture = try LaneDeliveryFixture(limits: limits)
        let bad: Set<UInt16> = [45, 71, 119]
        let service = FaultyDestination(limits: limits, bad: bad, seed: seed)
        for first in stride(from: UInt16(30), to: 120, by: 30) {
            for bpm in first..<first + 30 {
                try await fixture.append([bpm])
                fixture.time.advance(milliseconds: 1_000)
            }
            let lane = LaneDelivery(
                strap: "chest", to: service, from: fixture.outbox, backlog: BacklogPolicy(order: .newestFirst),
                time: fixture.time, clock: fixture.clock, logger: Logger(label: "test", factory: { _ in fixture.log }))
            let gaps = BackfillDelivery(beside: lane)
            let enough = first == 90 ? 87 : Int(first) / 3
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await lane.run() }
                group.addTask { try? await gaps.run() }
                group.addTask { await fixture.clock.waitOutEverything(upTo: .seconds(3600)) }
                await service.until { Set($0).count >= enough }
                if first == 90 { while try await waiting(fixture) != 0 { await Task.yield() } }
                group.cancelAll()
            }
        }
        let delivered = await service.delivered
        #expect(Set(delivered) == Set(30..<120).subtracting(bad))
        let setAside = try await OutboxReader(path: fixture.outbox.path).setAside()
        #expect(Set(setAside.compactMap(\.entry.reading.heartRate)) == bad)
    }

    // MARK: Age

    @Test(arguments: [BacklogPolicy.Order.inOrder, .newestFirst])
    func backlog_whenTooOld_isPassedOver_counted_andToldOnce(order: BacklogPolicy.Order) async throws {
        let fixture = try LaneDeliveryFixture(
            limits: .single, backlog: BacklogPolicy(order: order, maximumAge: .seconds(60)))
        try await append(30_000, to: fixture)
        fixture.advance(by: .seconds(3600))
        try await append(20, to: fixture)
        var sent = 0
        try await whileRunning(fixture) {
            async let _: Void = fixture.clock.waitOutEverything(upTo: .seconds(10))
            for await request in fixture.destination.requests {
                sent += request.readings.count
                request.answer(.accepted)
                if sent == 20 { break }
            }
            while try await waiting(fixture) != 0 { await Task.yield() }
        }
        #expect(sent == 20)
        #expect(try await fixture.outbox.statistics().lanes.map(\.expired) == [30_000])
        #expect(fixture.log.lines.count { $0.message.contains("expired readings skipped") } == 1)
    }

    /// The strap is off: no reading comes that could try whether the service is back.
    @Test func outage_whenAllIsTooOldAtItsEnd_leavesNothingWaiting() async throws {
        let fixture = try LaneDeliveryFixture(
            limits: .single, backlog: BacklogPolicy(order: .newestFirst, maximumAge: .seconds(60)))
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await append(3, to: fixture)
        try await fixture.whileRunning {
            await requests.next()?.answer(.tryLater(after: .seconds(120), reason: "503"))
            await fixture.clock.untilSleeping()
            let gaps = BackfillDelivery(beside: fixture.delivery)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await gaps.run() }
                await fixture.clock.untilSleeping(2)
                fixture.advance(by: .seconds(120))
                async let _: Void = fixture.clock.waitOutEverything(upTo: .seconds(10))
                while try await waiting(fixture) != 0 { await Task.yield() }
                group.cancelAll()
            }
        }
        #expect(try await fixture.outbox.statistics().lanes.map(\.expired) == [3])
        #expect(fixture.destination.requestCount == 1)
    }

    // MARK: Other rules

    @Test func outage_isOver_afterOneRequestHasGoneThrough() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await append(10, to: fixture)
        try await whileRunning(fixture) {
            for number in 1...3 {
                await requests.next()?.answer(.tryLater(after: .seconds(300), reason: "503 \(number)"))
                while await fixture.delivery.status.lastError != "503 \(number)" { await Task.yield() }
            }
            await fixture.clock.waitOut(.seconds(300))
            let probe = try #require(await requests.next())
            try await append(1, to: fixture)
            #expect(fixture.destination.requestCount == 4, "one request alone")
            probe.answer(.accepted)
            for _ in 1...3 { _ = await requests.next() }
            #expect(fixture.destination.requestCount == 7)
        }
    }
}
