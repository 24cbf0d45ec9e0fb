import CLinux
import FoundationEssentials
import Glibc
import TestKit
import Testing

@testable import Timing

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

    /// Without a clock battery the kernel's word counts: whether it is synchronised, and nothing besides.
    @Test(arguments: [
        (KernelAnswer(TIME_OK, status: 0), true),
        (KernelAnswer(TIME_OK, status: STA_PLL | STA_NANO), true),
        (KernelAnswer(TIME_ERROR, status: STA_UNSYNC), false),
        (KernelAnswer(TIME_ERROR, status: STA_PLL | STA_UNSYNC | STA_NANO, maxErrorMicroseconds: 16_000_000), false),
        (KernelAnswer(TIME_OK, status: STA_PLL, maxErrorMicroseconds: 15_999_999), true),
        // A pulse per second that was lost, of a clock that is synchronised all the same.
        (KernelAnswer(TIME_ERROR, status: STA_PLL | STA_PPSFREQ), true),
        // A leap second that is due, under way, and over.
        (KernelAnswer(TIME_INS, status: STA_PLL | STA_INS), true),
        (KernelAnswer(TIME_DEL, status: STA_PLL | STA_DEL), true),
        (KernelAnswer(TIME_OOP, status: STA_PLL | STA_INS), true),
        (KernelAnswer(TIME_WAIT, status: STA_PLL | STA_INS), true),
        // Set by hand while a leap second was due.
        (KernelAnswer(TIME_INS, status: STA_INS | STA_UNSYNC), false),
        // The call is forbidden, as a sandbox may do.
        (KernelAnswer(-1, status: 0), false),
    ])
    func clockWithoutBattery_isTrusted_whenTheKernelSaysThatItIsSynchronised(answer: KernelAnswer, isTrusted: Bool) {
        #expect(KernelTime(rtc: "/nowhere", askKernel: answer.give).isWallClockTrusted() == isTrusted)
    }

    /// A Raspberry Pi 5 without a battery counts from 1970, and the kernel has set the clock from that all the same.
    @Test(arguments: [
        ("1", 0, true), ("1", -50, true), ("1", -1_700_000_000, false), ("1", 3600, false), ("0", 0, false),
    ])
    func realTimeClock_isTrusted_whenTheKernelWasSetFromItAndItAgrees(
        hctosys: String, secondsOff: Int64, isTrusted: Bool
    ) throws {
        let directory = TemporaryDirectory()
        let seconds = KernelTime().now().wallMilliseconds / 1000 + secondsOff
        for (name, line) in [("hctosys", hctosys), ("since_epoch", "\(seconds)")] {
            try Data("\(line)\n".utf8).write(to: URL(filePath: directory.file(name)))
        }
        let time = KernelTime(rtc: directory.path, askKernel: KernelAnswer(TIME_ERROR, status: STA_UNSYNC).give)
        #expect(time.isWallClockTrusted() == isTrusted)
        #expect(!time.isWallClockSynchronised())
    }

    @Test func clock_whenTheKernelSynchronisesIt_isTrustedFromThenOn() {
        let answers = Watched([KernelAnswer(TIME_ERROR, status: STA_UNSYNC), KernelAnswer(TIME_OK, status: STA_PLL)])
        let time = KernelTime(rtc: "/nowhere") { status in
            answers.change { $0.count > 1 ? $0.removeFirst() : $0[0] }.give(&status)
        }
        #expect(
            [time.isWallClockTrusted(), time.isWallClockTrusted(), time.isWallClockTrusted()] == [false, true, true])
    }

    /// A waiting sleep must neither follow a step of the wall clock nor last longer for a suspend: `timerfd_create(2)`.
    @Test func continuousClock_sleepsByTheClockThatNeverStepsAndCountsSuspend() async throws {
        try await ContinuousClock().sleep(for: .milliseconds(1))
        let clocks = TimerDescriptors.clocks()
        #expect(clocks.contains(Int(CLOCK_BOOTTIME)))
        #expect(!clocks.contains(Int(CLOCK_REALTIME)))
    }
}
