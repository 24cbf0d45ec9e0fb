import Testing
import Timing

@Suite struct KernelTimeTests {
    @Test func now_takenTwice_neverGoesBackwardsOnTheBootClock() {
        let time = KernelTime()
        let first = time.now()
        let second = time.now()
        #expect(first.bootMilliseconds > 0)
        #expect(second.bootMilliseconds >= first.bootMilliseconds)
    }

    @Test func bootID_isTheKernelsAndStaysTheSame() {
        #expect(KernelTime().bootID.count == 36)
        #expect(KernelTime().bootID == KernelTime().bootID)
    }
}
