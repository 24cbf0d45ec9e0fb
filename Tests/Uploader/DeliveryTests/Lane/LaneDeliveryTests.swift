import Delivery
import HeartRate
import Logging
import Outbox
import ServiceLifecycle
import TestKit
import Testing
import Timing

@Suite(.timeLimit(.minutes(10)))
struct LaneDeliveryTests {
    @Test func reading_whenAppended_isDeliveredAndAcknowledged() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.whileRunning {
            for bpm in UInt16(60)...62 {
                try await fixture.append([bpm])
                let request = try #require(await requests.next())
                #expect(request.rates == [bpm])
                request.answer(.accepted)
            }
        }
        #expect(try await fixture.outbox.cursor(of: fixture.lane) >= 2)
        #expect(fixture.log.lines.isEmpty, "nothing is logged per reading")
    }

    @Test func outage_isToldOnce_andRecoveryOnce() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append(60...69)
        try await fixture.whileRunning {
            for _ in 1...3 { await requests.next()?.answer(.tryLater(after: nil, reason: "503 Service Unavailable")) }
            for _ in 1...5 {
                await fixture.clock.untilSleeping()
                fixture.advance(by: .seconds(60))
                await requests.next()?.answer(.tryLater(after: nil, reason: "503 Service Unavailable"))
            }
            #expect(await fixture.delivery.status.state == .retrying)
            await fixture.clock.untilSleeping()
            fixture.advance(by: .seconds(60))
            for _ in 0...9 { await requests.next()?.answer(.accepted) }
            try await fixture.append([99])
            await requests.next()?.answer(.accepted)
        }
        let status = await fixture.delivery.status
        #expect(status.state == .delivering)
        #expect(fixture.changes.value == 2, "one for the outage, one for its end")
        #expect(status.lastError == "503 Service Unavailable")
        #expect(status.lastSuccessAtBootMilliseconds == fixture.time.now().bootMilliseconds)
        #expect(
            fixture.log.lines == [
                .init(level: .warning, message: "deliveries fail, trying again"),
                .init(level: .info, message: "deliveries go through again"),
            ])
    }

    @Test func service_thatNeverAnswers_isNotDeliveredTo() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append([60])
        try await fixture.whileRunning {
            let request = try #require(await requests.next())
            #expect(await fixture.delivery.status(clockWait: nil).state == .delivering)
            fixture.advance(by: .seconds(12))
            let status = await fixture.delivery.status(clockWait: nil)
            #expect(status.state == .retrying && status.reason == "the service has not answered for 12 s")
            request.answer(.accepted)
            try await fixture.append([61])
            let next = try #require(await requests.next())
            #expect(await fixture.delivery.status(clockWait: nil).state == .delivering)
            next.answer(.accepted)
        }
    }

    @Test func service_thatAnswersAgainAndRejects_isNotReportedAsDelivering() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append([60])
        try await fixture.whileRunning {
            await requests.next()?.answer(.tryLater(after: nil, reason: "no answer came"))
            await fixture.clock.untilSleeping()
            fixture.advance(by: .seconds(60))
            await requests.next()?.answer(.refused(reason: "measured_at is odd"))
            try await fixture.append([61])
            await requests.next()?.answer(.accepted)
        }
        #expect(
            fixture.log.lines.map(\.message) == [
                "deliveries fail, trying again", "the service answers again", "readings set aside",
            ])
    }

    @Test func token_whenNotAccepted_pausesTheLane_untilItIsMended() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append([60])
        try await fixture.whileRunning {
            for _ in 1...3 {
                await requests.next()?.answer(.pause(reason: "token expired"))
                await fixture.clock.untilSleeping()
                #expect(await fixture.delivery.status.state == .paused)
                fixture.advance(by: .seconds(30))
            }
            await requests.next()?.answer(.accepted)
            try await fixture.append([61])
            await requests.next()?.answer(.accepted)
        }
        #expect(fixture.log.lines.map(\.level) == [.error, .info])
    }

    @Test func state_followsTheLastAnswer_withItsReason() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        #expect(await fixture.delivery.status(clockWait: nil).state == .idle)
        #expect(await fixture.delivery.status(clockWait: .seconds(9)).state == .waitingForClock)
        try await fixture.append([60])
        try await fixture.whileRunning {
            let failures: [(DeliveryOutcome, DeliveryStatus.State, String)] = [
                (.pause(reason: "token expired"), .paused, "token expired"),
                (.tryLater(after: nil, reason: "no answer came"), .retrying, "no answer came"),
                (.pause(reason: "token expired"), .paused, "token expired"),
            ]
            for (outcome, state, reason) in failures {
                await requests.next()?.answer(outcome)
                await fixture.clock.untilSleeping()
                let status = await fixture.delivery.status(clockWait: nil)
                #expect(status.state == state && status.reason == reason)
                fixture.advance(by: .seconds(60))
            }
            await requests.next()?.answer(.refused(reason: "measured_at is odd"))
            try await fixture.append([61])
            let next = try #require(await requests.next())
            let status = await fixture.delivery.status(clockWait: nil)
            #expect(status.state == .rejecting && status.reason == "measured_at is odd")
            next.answer(.accepted)
            try await fixture.append([62])
            let last = try #require(await requests.next())
            let recovered = await fixture.delivery.status(clockWait: nil)
            #expect(recovered.state == .delivering && recovered.reason == nil)
            last.answer(.accepted)
        }
    }

    @Test func refusedReading_isSetAsideWithTheReason_andTheOthersArrive() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append(60...62)
        try await fixture.whileRunning {
            for _ in 60...62 {
                let request = try #require(await requests.next())
                request.answer(request.rates == [61] ? .refused(reason: "measured_at is odd") : .accepted)
            }
            try await fixture.append([63])
            await requests.next()?.answer(.accepted)
        }
        let setAside = try await OutboxReader(path: fixture.outbox.path).setAside()
        #expect(setAside.map(\.entry.reading.heartRate) == [61])
        #expect(setAside.map(\.reason) == ["measured_at is odd"])
        #expect(try await fixture.outbox.cursor(of: fixture.lane) >= 3)
    }

    @Test(arguments: [nil, DeliveryOutcome.pause(reason: "token expired")])
    func destination_thatHangsOrIsNotAuthorised_doesNotDelayAnother(outcome: DeliveryOutcome?) async throws {
        let directory = TemporaryDirectory()
        let dead = ScriptedDestination(name: "dead", limits: .single)
        let alive = ScriptedDestination(name: "alive", limits: .single)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let outbox = try Outbox(
            path: directory.file("outbox.sqlite"),
            lanes: [dead, alive].map { Lane(strap: "chest", destination: $0.name) }, time: ManualTime(), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for destination in [dead, alive] {
                let delivery = LaneDelivery(strap: "chest", to: destination, from: outbox, logger: logger)
                group.addTask { try? await delivery.run() }
            }
            if let outcome {
                group.addTask { for await request in dead.requests { request.answer(outcome) } }
            }
            var requests = alive.requests.makeAsyncIterator()
            for bpm in UInt16(60)...90 {
                try await outbox.append(
                    Reading(
                        strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: bpm),
                        measuredAtMilliseconds: 0, bootMilliseconds: 0))
                let request = try #require(await requests.next())
                #expect(request.rates == [bpm])
                request.answer(.accepted)
            }
            group.cancelAll()
        }
    }

    @Test func requestsInFlight_whenTheProcessDies_areRepeated_andNoOthers() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append(60...69)
        try await fixture.whileRunning {
            // Those that are sent at once may arrive in any order.
            for rates in [UInt16(60)...62, 63...65] {
                var requestsAtOnce: [ScriptedDestination.Request] = []
                for _ in rates { requestsAtOnce.append(try #require(await requests.next())) }
                for request in requestsAtOnce where request.rates != [65] { request.answer(.accepted) }
            }
            for _ in 66...67 { _ = await requests.next() }
        }
        try await fixture.whileRunning(fixture.successor()) {
            var repeated: Set<UInt16?> = []
            for _ in 65...67 { repeated.formUnion(try #require(await requests.next()).rates) }
            #expect(repeated == [65, 66, 67])
        }
    }

    @Test(arguments: [DestinationLimits.single, .batch])
    func backlog_isDeliveredWholeAndInOrder(limits: DestinationLimits) async throws {
        let fixture = try LaneDeliveryFixture(limits: limits)
        let count: Int64 = 2000
        let now = fixture.time.now()
        try await fixture.outbox.append(
            (0..<count).map { number in
                Reading(
                    strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: 60),
                    measuredAtMilliseconds: now.wallMilliseconds - (count - number) * 250,
                    bootMilliseconds: now.bootMilliseconds - (count - number) * 250)
            })
        var delivered: [Int64] = []
        try await fixture.whileRunning {
            for await request in fixture.destination.requests {
                delivered += request.readings.map(\.measuredAtMilliseconds)
                request.answer(.accepted)
                // The last batch of whole seconds may linger for more.
                if delivered.count >= count - 20 { return }
            }
        }
        #expect(Set(delivered).count == delivered.count, "none twice")
        #expect(delivered.contains(now.wallMilliseconds - count * 250))
        if limits.requestsInFlight == 1 { #expect(delivered == delivered.sorted()) }
    }

    // MARK: Stopping

    @Test func gracefulShutdown_sendsWhatLingers() async throws {
        let fixture = try LaneDeliveryFixture(limits: .batch)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append(60...62)
        let group = fixture.serviceGroup()
        async let stopped: Void = group.run()
        await fixture.clock.untilSleeping()
        await group.triggerGracefulShutdown()
        let request = try #require(await requests.next())
        #expect(request.rates == [60, 61, 62])
        request.answer(.accepted)
        try await stopped
        #expect(try await fixture.outbox.cursor(of: fixture.lane) == 3)
    }

    @Test func gracefulShutdown_whenTheServiceHangs_leavesTheRestInTheOutboxAtTheLimit() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append(60...62)
        let group = fixture.serviceGroup()
        async let stopped: Void = group.run()
        _ = await requests.next()
        await group.triggerGracefulShutdown()
        await fixture.clock.untilSleeping()
        fixture.advance(by: LaneDelivery.drainLimit)
        try await stopped
        #expect(try await fixture.outbox.cursor(of: fixture.lane) == 0)
        #expect(fixture.log.lines.contains { $0.message.contains("the rest stays in the outbox") })
    }

    @Test func drain_beforeItRuns_sendsWhatWaitsAndReturns() async throws {
        let fixture = try LaneDeliveryFixture(limits: .batch)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append(60...62)
        fixture.delivery.drain()
        async let stopped: Void = fixture.delivery.run()
        let request = try #require(await requests.next())
        #expect(request.rates == [60, 61, 62])
        request.answer(.accepted)
        try await stopped
        #expect(try await fixture.outbox.cursor(of: fixture.lane) == 3)
    }

    @Test func cancellation_stopsAtOnce() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append([60])
        let running = Task { try await fixture.delivery.run() }
        _ = await requests.next()
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(try await fixture.outbox.cursor(of: fixture.lane) == 0)
    }

    /// The clock that lanes wait by counts the time asleep: see `KernelTimeTests`.
    @Test func machine_whenSuspendedWhileALaneBacksOff_sendsAtOnceAfterwards() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append([60])
        try await fixture.whileRunning {
            await requests.next()?.answer(.tryLater(after: .seconds(3600), reason: "503 Service Unavailable"))
            await fixture.clock.untilSleeping()
            fixture.advance(by: .seconds(7200))
            let request = await requests.next()
            #expect(request?.rates == [60])
            request?.answer(.accepted)
        }
    }

    @Test(arguments: [-3_600_000, 365 * 86_400_000] as [Int64])
    func wallClock_whenItStepsWhileALaneBacksOff_changesNeitherTheWaitNorWhatStatusTells(step: Int64) async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.append([60])
        try await fixture.whileRunning {
            await requests.next()?.answer(.tryLater(after: .seconds(600), reason: "503 Service Unavailable"))
            await fixture.clock.untilSleeping()
            let failedAt = fixture.time.now().bootMilliseconds
            fixture.time.setWall(milliseconds: fixture.time.now().wallMilliseconds + step)
            fixture.advance(by: .seconds(599))
            #expect(await fixture.delivery.status.lastErrorAtBootMilliseconds == failedAt)
            #expect(await fixture.delivery.status.state == .retrying)
            fixture.advance(by: .seconds(1))
            await requests.next()?.answer(.accepted)
            try await fixture.append([61])
            await requests.next()?.answer(.accepted)
        }
        #expect(
            await fixture.delivery.status.lastSuccessAtBootMilliseconds == fixture.time.now().bootMilliseconds)
    }
}
