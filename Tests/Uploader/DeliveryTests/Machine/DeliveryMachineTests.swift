import Outbox
import TestKit
import Testing
import Timing

@testable import Delivery

private let later = DeliveryOutcome.tryLater(after: nil, reason: "503")

@Suite struct DeliveryMachineTests {
    // MARK: One reading per request

    @Test func reading_whenLive_isSentAtOnceAndAlone() {
        var rig = MachineRig(.single)
        rig.start()
        rig.append(60)
        #expect(rig.ratesInFlight == [[60]])
        rig.append(61)
        rig.append(62)
        #expect(rig.ratesInFlight == [[60]])
        rig.answer(.accepted)
        #expect(rig.ratesInFlight == [[61]], "62 is the newest: it waits until 61 is answered")
        rig.answer(.accepted)
        #expect(rig.ratesInFlight == [[62]])
    }

    @Test func backlog_isSentSeveralAtOnce_andTheNewestAlone() {
        var rig = MachineRig(.single)
        rig.append(60...64)
        rig.start()
        #expect(rig.ratesInFlight == [[60], [61], [62]])
        rig.answer(.accepted)
        #expect(rig.ratesInFlight == [[61], [62], [63]])
        rig.answer(.accepted)
        rig.answer(.accepted)
        #expect(rig.ratesInFlight == [[63]])
        rig.answer(.accepted)
        #expect(rig.ratesInFlight == [[64]])
    }

    @Test func backlog_largerThanTheWindow_keepsTheWindowFull() {
        var rig = MachineRig(.single)
        rig.append(1...200)
        rig.start()
        for _ in 1...197 {
            #expect(rig.inFlight.count == 3)
            #expect(rig.machine.window.slots.count <= rig.machine.window.capacity)
            rig.answer(.accepted)
        }
        while !rig.inFlight.isEmpty { rig.answer(.accepted) }
        #expect(rig.cursor == rig.log.last?.id)
    }

    @Test func cursor_followsTheAcceptedAtTheFront() {
        var rig = MachineRig(.single)
        rig.append(60...69)
        rig.start()
        rig.answer(.accepted, at: 1)
        rig.answer(.accepted, at: 1)
        #expect(rig.cursor == 0)
        rig.answer(.accepted, at: 0)
        #expect(rig.cursor == rig.log[2].id)
    }

    // MARK: Failures

    @Test func tryLater_sendsNothingNewUntilAllAreAnswered_thenOneProbe_thenOpensUp() {
        var rig = MachineRig(.single)
        rig.append(60...69)
        rig.start()
        rig.answer(later, at: 0)
        #expect(rig.ratesInFlight == [[61], [62]])
        rig.advance(by: .seconds(120))
        rig.answer(.accepted, at: 0)
        #expect(rig.ratesInFlight == [[62]])
        rig.answer(.accepted, at: 0)
        #expect(rig.ratesInFlight == [[60]], "the probe")
        rig.advance(by: .seconds(3600))
        #expect(rig.ratesInFlight == [[60]])
        rig.answer(.accepted)
        #expect(rig.ratesInFlight == [[63], [64], [65]], "61 and 62 are not sent again")
        #expect(rig.cursor == rig.log[2].id)
        #expect(rig.notices == [.failing(reason: "503"), .recovered])
    }

    @Test func tryLater_againAndAgain_backsOffFurther_andNeverGivesUp() {
        var rig = MachineRig(.single)
        rig.append(60)
        rig.start()
        for failure in 1...200 {
            rig.answer(later)
            #expect(rig.inFlight.isEmpty || rig.wakes.isEmpty)
            rig.advance(by: Backoff().ceiling(afterFailures: failure))
            #expect(rig.ratesInFlight == [[60]])
        }
        #expect(rig.notices == [.failing(reason: "503")])
    }

    @Test func tryLater_whenTheServiceTellsATime_waitsThatLong() {
        var rig = MachineRig(.single)
        rig.append(60)
        rig.start()
        rig.answer(.tryLater(after: .seconds(300), reason: "429"))
        rig.advance(by: .seconds(299))
        #expect(rig.inFlight.isEmpty)
        rig.advance(by: .seconds(1))
        #expect(rig.ratesInFlight == [[60]])
    }

    @Test func tryLater_whenTheServiceTellsYears_asksAgainWithinAnHour() {
        var rig = MachineRig(.single)
        rig.append(60)
        rig.start()
        rig.answer(.tryLater(after: .seconds(1_000_000_000), reason: "429"))
        rig.advance(by: .seconds(3600))
        #expect(rig.ratesInFlight == [[60]])
    }

    @Test func notAuthorised_pausesAndSaysSoOnce_andTriesOneRequestEvery30Seconds() {
        var rig = MachineRig(.single)
        rig.append(60...69)
        rig.start()
        for _ in 1...3 { rig.answer(.pause(reason: "token expired")) }
        for _ in 1...10 {
            #expect(rig.inFlight.isEmpty)
            rig.advance(by: .seconds(30))
            #expect(rig.ratesInFlight == [[60]])
            rig.answer(.pause(reason: "token expired"))
        }
        rig.advance(by: .seconds(30))
        rig.answer(.accepted)
        #expect(rig.ratesInFlight == [[61], [62], [63]])
        #expect(rig.notices == [.paused(reason: "token expired"), .recovered])
    }

    @Test func notAuthorised_whenTheServiceFailsMeanwhile_isStillTriedWithinAMinute() {
        var rig = MachineRig(.single)
        rig.append(60)
        rig.start()
        rig.answer(.pause(reason: "token expired"))
        for _ in 1...20 {
            rig.advance(by: .seconds(30))
            #expect(rig.inFlight.count == 1)
            rig.answer(later)
        }
    }

    // MARK: Refusals

    @Test func refused_whenAlone_isSetAside_andTheRestGoesOn() {
        var rig = MachineRig(.single)
        rig.append(60...62)
        rig.start()
        rig.answer(.refused(reason: "malformed"), at: 0)
        #expect(rig.setAside == [rig.log[0].id: "malformed"])
        #expect(rig.cursor == rig.log[0].id)
        rig.answer(.accepted)
        rig.answer(.accepted)
        #expect(rig.cursor == rig.log[2].id)
    }

    @Test(arguments: 0..<16)
    func refusedBatch_isHalvedUntilTheBadOneStandsAlone(bad: Int) {
        var limits = DestinationLimits.batch
        limits.readingsPerRequest = 16
        limits.keepTogetherMilliseconds = 0
        var rig = MachineRig(limits)
        rig.append(60...75)
        rig.start()
        var requests = 0
        var accepted: [UInt16] = []
        while let rates = rig.ratesInFlight.first {
            requests += 1
            let isRefused = rates.contains(60 + UInt16(bad))
            if !isRefused { accepted += rates }
            rig.answer(isRefused ? .refused(reason: "negative") : .accepted)
        }
        #expect(rig.setAside == [rig.log[bad].id: "negative"])
        #expect(accepted == (60...75).filter { $0 != 60 + UInt16(bad) }, "in order")
        #expect(requests == 9, "the whole, then two for each of four halvings")
        #expect(rig.cursor == rig.log.last?.id)
    }

    @Test func refusedGroup_isSetAsideWhole() {
        var rig = MachineRig(.batch)
        rig.append([60, 61, 62])
        rig.start()
        rig.advance(by: .seconds(31))
        rig.answer(.refused(reason: "negative"))
        #expect(rig.setAside.count == 3)
        #expect(rig.notices == [.setAside(count: 3, reason: "negative")])
    }

    // MARK: Batches

    @Test func batch_waitsForTheLinger() {
        var rig = MachineRig(.batch)
        rig.start()
        rig.append(60)
        rig.advance(by: .seconds(2))
        rig.append(61)
        rig.advance(by: .milliseconds(27_999))
        #expect(rig.inFlight.isEmpty)
        rig.advance(by: .milliseconds(1))
        #expect(rig.ratesInFlight == [[60, 61]])
    }

    @Test func batch_whenFull_doesNotWait() {
        var rig = MachineRig(.batch)
        rig.start()
        for bpm in UInt16(60)...65 {
            #expect(rig.inFlight.isEmpty)
            rig.append(bpm)
            rig.advance(by: .seconds(1))
        }
        #expect(rig.ratesInFlight == [[60, 61, 62, 63, 64]])
    }

    @Test func batch_countsGroups_andNeverPartsOne() {
        var rig = MachineRig(.batch)
        rig.start()
        for second in UInt16(0)...5 {
            rig.append([60 + second, 60 + second, 60 + second])
            rig.advance(by: .seconds(1))
        }
        #expect(rig.ratesInFlight == [[60, 60, 60, 61, 61, 61, 62, 62, 62, 63, 63, 63, 64, 64, 64]])
    }

    @Test func batch_leavesTheSecondThatIsNotOver() {
        var rig = MachineRig(.batch)
        rig.start()
        rig.append(60)
        rig.advance(by: .milliseconds(29_900))
        rig.append(61)
        rig.advance(by: .milliseconds(100))
        #expect(rig.ratesInFlight == [[60]])
        rig.append(62)
        rig.answer(.accepted)
        rig.advance(by: .milliseconds(29_900))
        #expect(rig.ratesInFlight == [[61, 62]])
    }

    @Test func batch_whenTheClockWasSetBack_doesNotWaitForItsSecondToComeAgain() {
        var rig = MachineRig(.batch)
        rig.start()
        rig.append(60, measuredAtMilliseconds: rig.milliseconds + 86_400_000)
        rig.advance(by: .seconds(30))
        #expect(rig.ratesInFlight == [[60]])
    }

    @Test func batch_ofAnotherBoot_isDueAtOnce() {
        var rig = MachineRig(.batch)
        rig.append(60, bootMilliseconds: rig.milliseconds + 5_000_000)
        rig.start()
        rig.advance(by: .seconds(2))
        #expect(rig.ratesInFlight == [[60]])
    }

    @Test func batch_whenTheWallClockStandsStill_isSentWhenTheWindowIsFull() {
        var rig = MachineRig(.batch)
        rig.start()
        let frozen = rig.milliseconds
        for bpm in UInt16(1)...50 { rig.append(bpm, measuredAtMilliseconds: frozen) }
        #expect(rig.ratesInFlight.first?.count == 2 * 5 * DeliveryWindow.readingsPerGroup + 1)
    }

    @Test func backlog_isReadInPieces_butNoSecondIsParted() {
        var rig = MachineRig(.batch)
        for second in UInt16(0)..<100 {
            rig.append([second, second, second, second, second, second].map { 30 + $0 })
            rig.advance(by: .seconds(1))
        }
        rig.start()
        var sent: [[UInt16]] = []
        while let rates = rig.ratesInFlight.first {
            sent.append(rates)
            rig.answer(.accepted)
            rig.advance(by: .seconds(2))
        }
        #expect(sent.joined().count == 600)
        #expect(sent.allSatisfy { $0.count.isMultiple(of: 6) && $0.count <= 30 })
    }

    @Test func backlog_ofAStrapThatNotifiesOften_isNotPartedWhileOthersAreUnderWay() {
        var limits = DestinationLimits.batch
        limits.requestsInFlight = 2
        var rig = MachineRig(limits)
        for second in UInt16(0)..<20 {
            rig.append(Array(repeating: 30 + second, count: 25))
            rig.advance(by: .seconds(1))
        }
        rig.start()
        var sent: [[UInt16]] = []
        while let rates = rig.ratesInFlight.first {
            sent.append(rates)
            rig.answer(.accepted)
            rig.advance(by: .seconds(30))
        }
        #expect(sent.joined().count == 500)
        #expect(sent.allSatisfy { $0.count.isMultiple(of: 25) })
    }

    @Test func backlog_thatHasFilledTheWindowInTheMiddleOfASecond_isSentWithAllOfIt() {
        var rig = MachineRig(.batch)
        rig.start()
        rig.append(30)
        rig.advance(by: .seconds(40))
        rig.answer(.tryLater(after: .seconds(3000), reason: "503"))
        for second in UInt16(1)...20 {
            for _ in 0..<25 {
                rig.append(30 + second)
                rig.advance(by: .milliseconds(40))
            }
        }
        rig.advance(by: .seconds(3000))
        var sent: [[UInt16]] = []
        while let rates = rig.ratesInFlight.first {
            sent.append(rates)
            rig.answer(.accepted)
            rig.advance(by: .seconds(30))
        }
        #expect(sent.joined().count == 501)
        #expect(sent.joined().allSatisfy { rate in sent.count { $0.contains(rate) } == 1 }, "no second is parted")
    }

    // MARK: Draining

    @Test func drain_sendsWhatLingers_thenFinishes() {
        var rig = MachineRig(.batch)
        rig.start()
        rig.append([60, 61])
        #expect(rig.inFlight.isEmpty)
        rig.drain()
        #expect(rig.ratesInFlight == [[60, 61]])
        #expect(!rig.isFinished)
        rig.answer(.accepted)
        #expect(rig.isFinished)
        #expect(rig.cursor == rig.log.last?.id)
    }

    @Test func drain_whenIdle_finishesAtOnce() {
        var rig = MachineRig(.single)
        rig.start()
        rig.drain()
        #expect(rig.isFinished)
    }

    @Test func drain_sendsTheWholeBacklog() {
        var rig = MachineRig(.single)
        rig.append(1...100)
        rig.start()
        rig.drain()
        while !rig.inFlight.isEmpty {
            #expect(!rig.isFinished)
            rig.answer(.accepted)
        }
        #expect(rig.isFinished)
        #expect(rig.cursor == rig.log.last?.id)
    }

    @Test func drain_whileTheServiceFails_finishesAndLeavesTheRest() {
        var rig = MachineRig(.single)
        rig.append(60...69)
        rig.start()
        rig.answer(later)
        rig.drain()
        #expect(!rig.isFinished)
        rig.answer(.accepted)
        rig.answer(.accepted)
        #expect(rig.isFinished)
        #expect(rig.cursor == 0)
    }

    @Test func drain_whenARequestFails_finishes() {
        var rig = MachineRig(.single)
        rig.append(60)
        rig.start()
        rig.drain()
        rig.answer(later)
        #expect(rig.isFinished)
    }
}
