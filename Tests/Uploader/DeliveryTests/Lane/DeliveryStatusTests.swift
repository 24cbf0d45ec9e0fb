import Outbox
import Testing

@testable import Delivery

@Suite struct DeliveryStatusTests {
    private static let lane = Lane(strap: "chest", destination: "pulsoid")

    private func status(_ state: DeliveryStatus.State, successAt: Int64? = nil) -> DeliveryStatus {
        var status = DeliveryStatus(lane: Self.lane)
        status.change(to: state, reason: nil, atBootMilliseconds: 1)
        status.lastSuccessAtBootMilliseconds = successAt
        return status
    }

    @Test func lane_thatHadNothingToDeliver_isIdle_untilThereIsSomething() {
        let new = DeliveryStatus(lane: Self.lane)
        #expect(new.present(isIdle: true, clockWait: nil, atBootMilliseconds: 9).state == .idle)
        #expect(new.present(isIdle: false, clockWait: nil, atBootMilliseconds: 9).state == .delivering)
    }

    @Test func lane_afterADelivery_isIdleHalfAMinuteLater() {
        let status = status(.delivering, successAt: 1000)
        #expect(status.present(isIdle: true, clockWait: nil, atBootMilliseconds: 31_000).state == .delivering)
        let later = status.present(isIdle: true, clockWait: nil, atBootMilliseconds: 31_001)
        #expect(later.state == .idle && later.sinceBootMilliseconds == 1000)
        #expect(status.present(isIdle: false, clockWait: nil, atBootMilliseconds: 31_001).state == .delivering)
    }

    @Test func lane_whoseRequestHasNoAnswer_isRetrying() {
        func present(_ now: Int64, isIdle: Bool = false) -> DeliveryStatus {
            status(.delivering, successAt: 900).present(
                isIdle: isIdle, clockWait: nil, unansweredSince: 1000, atBootMilliseconds: now)
        }
        #expect(present(10_999).state == .delivering)
        let late = present(12_500)
        #expect(late.state == .retrying && late.sinceBootMilliseconds == 1000)
        #expect(late.reason == "the service has not answered for 11 s")
    }

    @Test func lane_whileTheClockIsNotSet_waitsForIt() {
        for isIdle in [true, false] {
            let waiting = status(.idle).present(isIdle: isIdle, clockWait: .seconds(42), atBootMilliseconds: 2)
            #expect(waiting.state == .waitingForClock && waiting.clockWait == .seconds(42))
        }
    }

    @Test(arguments: [DeliveryStatus.State.rejecting, .retrying, .paused])
    func trouble_staysUntilItEnds_alsoWithoutReadings(state: DeliveryStatus.State) {
        let present = status(state, successAt: 0).present(
            isIdle: true, clockWait: .seconds(1), atBootMilliseconds: 99_000)
        #expect(present.state == state && present.sinceBootMilliseconds == 1)
    }

    @Test func state_thatGoesOn_keepsItsBeginning_andTakesTheNewReason() {
        var status = status(.retrying)
        status.change(to: .retrying, reason: "503", atBootMilliseconds: 7)
        #expect(status.sinceBootMilliseconds == 1 && status.reason == "503")
        status.change(to: .paused, reason: "401", atBootMilliseconds: 8)
        #expect(status.sinceBootMilliseconds == 8 && status.reason == "401")
    }
}
