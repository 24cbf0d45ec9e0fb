import Outbox
import TestKit
import Testing

@testable import Delivery

/// Newest first, and expired readings.
@Suite struct DeliveryMachineBacklogTests {
    private static let newestFirst = BacklogPolicy(order: .newestFirst)

    @Test func outage_whenNewestFirst_isProbedWithTheNewest_andTheRestIsLeftBehind() {
        var rig = MachineRig(.single, backlog: Self.newestFirst)
        rig.start()
        rig.append([60])
        rig.answer(.tryLater(after: .seconds(10), reason: "503"))
        rig.append(61...90)
        rig.advance(by: .seconds(10))
        #expect(rig.ratesInFlight == [[90]])
        rig.append([91])
        rig.answer(.tryLater(after: .seconds(60), reason: "503"))
        rig.advance(by: .seconds(60))
        #expect(rig.ratesInFlight == [[91]], "each time with the newest reading of that time")
        rig.answer(.accepted)
        rig.append([92])
        #expect(rig.ratesInFlight == [[92]])
        #expect(rig.gaps.flatMap { $0 }.map(\.reading.heartRate) == Array(60...90).map(UInt16.init))
    }

    @Test func start_whenNewestFirst_beginsWithTheNewest() {
        var rig = MachineRig(.single, backlog: Self.newestFirst)
        rig.append(60...99)
        rig.start()
        #expect(rig.ratesInFlight == [[99]])
        #expect(rig.gaps.map(\.count) == [39])
    }

    @Test func outage_whenNewestFirst_leavesOutOfTheGapWhatHadOvertaken() {
        var rig = MachineRig(.single, backlog: Self.newestFirst)
        rig.start()
        rig.append([60])
        // 61 goes alone while it is the newest; 62 to 64 are in flight together after it.
        rig.append(61...65)
        rig.answer(.accepted)
        #expect(rig.ratesInFlight == [[61], [62], [63]])
        rig.answer(.accepted, at: 1)
        rig.answer(.tryLater(after: .seconds(5), reason: "reset"), at: 0)
        while !rig.inFlight.isEmpty { rig.answer(.tryLater(after: .seconds(5), reason: "reset")) }
        rig.append(66...70)
        rig.advance(by: .seconds(600))
        #expect(rig.ratesInFlight == [[70]])
        #expect(!rig.gaps.flatMap { $0 }.contains { $0.reading.heartRate == 62 }, "62 was accepted")
        #expect(rig.gaps.flatMap { $0 }.contains { $0.reading.heartRate == 61 })
    }

    @Test func backlog_whenNoMoreThanARequest_isNotLeftBehind() {
        var rig = MachineRig(.batch, backlog: Self.newestFirst)
        rig.append(60...64)
        rig.start()
        rig.advance(by: .seconds(60))
        #expect(rig.gaps.isEmpty)
        #expect(rig.ratesInFlight == [[60, 61, 62, 63, 64]])
    }

    @Test(arguments: [BacklogPolicy.Order.inOrder, .newestFirst])
    func reading_whenTooOldAtItsTurn_isPassedOver(order: BacklogPolicy.Order) {
        var rig = MachineRig(.single, backlog: BacklogPolicy(order: order, maximumAge: .seconds(60)))
        rig.start()
        rig.append([60])
        rig.answer(.tryLater(after: .seconds(61), reason: "503"))
        rig.append(61...99)
        rig.advance(by: .seconds(61))
        #expect(rig.ratesInFlight.isEmpty)
        #expect(rig.expired + rig.gaps.flatMap { $0 }.count == 40)
        rig.append([100])
        #expect(rig.ratesInFlight == [[100]])
    }

    @Test func reading_whenAsOldAsTheLimit_isSent() {
        var rig = MachineRig(.single, backlog: BacklogPolicy(maximumAge: .seconds(60)))
        rig.append([60])
        rig.advance(by: .seconds(60))
        rig.start()
        #expect(rig.ratesInFlight == [[60]])
    }

    @Test func tooOld_whenOfAnUnknownTime_isSent() {
        var window = DeliveryWindow(after: 0, limits: .single, maximumAge: .seconds(1))
        let reading = MachineRig.reading(60, milliseconds: 0)
        window.take(
            LaneEntries(entries: [OutboxEntry(id: 1, reading: reading, ageClock: .none)], reachesNewest: true),
            at: MachineRig.moment(1_000_000), now: .zero)
        #expect(window.skipExpired(now: .seconds(10)) == 0)
        window.take(
            LaneEntries(entries: [OutboxEntry(id: 2, reading: reading, ageClock: .wall)], reachesNewest: true),
            at: MachineRig.moment(1_000_000), now: .zero)
        window.mark([0], as: .done)
        #expect(window.skipExpired(now: .zero) == 1)
    }

    @Test func drain_whileTheOutboxTreatsTheBacklog_waitsForIt() {
        var machine = DeliveryMachine(cursor: 0, limits: .single, backlog: Self.newestFirst)
        let reading = MachineRig.reading(60, milliseconds: 0)
        let read = LaneEntries(entries: [OutboxEntry(id: 1, reading: reading)], reachesNewest: true)
        _ = machine.handle(.wake, now: .zero)
        let restart = machine.handle(.read(read, after: 0, waited: true, at: MachineRig.moment(0)), now: .zero)
        #expect(restart == [.restart(done: [])])
        #expect(machine.handle(.drain, now: .zero).isEmpty)
        #expect(machine.handle(.restarted(after: 0), now: .zero).contains(.read(after: 0, limit: 7, waits: false)))
        let sent = machine.handle(.read(read, after: 0, waited: false, at: MachineRig.moment(0)), now: .zero)
        #expect(sent == [.send(request: 1, read.entries)])
        #expect(machine.handle(.answered(request: 1, .accepted), now: .zero).contains(.finish))
    }
}
