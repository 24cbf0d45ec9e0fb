import Testing

@testable import EventThread

@Suite struct WorkQueueTests {
    private var queue = WorkQueue<Int>()

    @Test mutating func queue_whenItsThreadRuns_needNotWakeIt() {
        #expect(queue.append(1, canWait: false) == false)
        #expect(queue.beginWait(hasDeferredWork: false, isStopped: false) == .no, "there is work")
        #expect(queue.append(2, canWait: true) == false)
        #expect(queue.takeAll() == [1, 2])
    }

    @Test mutating func queue_whenItsThreadWaits_wakesItOnce() {
        #expect(queue.beginWait(hasDeferredWork: false, isStopped: false) == .untilWoken)
        #expect(queue.append(1, canWait: true) == true, "else it would wait for ever")
        #expect(queue.append(2, canWait: false) == false)
        #expect(queue.endWait() == true)
    }

    @Test mutating func queue_whenItsThreadWaitsPatiently_wakesItOnlyForWhatCannotWait() {
        #expect(queue.beginWait(hasDeferredWork: true, isStopped: false) == .untilDeferredWorkIsDue)
        #expect(queue.append(1, canWait: true) == false)
        #expect(queue.append(2, canWait: false) == true)
        #expect(queue.append(3, canWait: true) == false)
        #expect(queue.takeAll() == [1, 2, 3], "nothing overtakes")
    }

    @Test mutating func queue_whenItsThreadHasWaitedPatiently_hasWhatCouldWait() {
        _ = queue.beginWait(hasDeferredWork: true, isStopped: false)
        _ = queue.append(1, canWait: true)
        #expect(queue.endWait() == true)
        #expect(queue.beginWait(hasDeferredWork: false, isStopped: false) == .no)
    }

    @Test mutating func queue_whenStopped_endsAfterItsWorkAndTakesNoMore() {
        _ = queue.append(1, canWait: false)
        #expect(queue.beginWait(hasDeferredWork: false, isStopped: true) == .no)
        #expect(queue.takeAll() == [1])
        #expect(queue.beginWait(hasDeferredWork: false, isStopped: true) == nil)
        #expect(queue.append(2, canWait: false) == nil)
    }
}
