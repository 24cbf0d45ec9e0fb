import CLinux
import Glibc

/// The clocks of the Linux kernel.
public struct KernelTime: TimeSource {
    /// The ID of the current boot, from the kernel.
    public let bootID: String
    /// What a clock that the kernel was set from may be off by later: it is not disciplined as the kernel's is.
    private static let batteryToleranceMilliseconds: Int64 = 60_000

    private let hasBatteryClock: Bool
    /// `adjtimex(2)`: fills in the kernel's knowledge of the clock and returns its state, or -1.
    private let askKernel: @Sendable (inout timex) -> Int32

    /// The clocks of this machine.
    public init() {
        self.init(rtc: "/sys/class/rtc/rtc0") { adjtimex(&$0) }
    }

    /// `rtc` is the folder of the real-time clock, as in sysfs; it need not be there.
    init(rtc: String, askKernel: @escaping @Sendable (inout timex) -> Int32) {
        bootID = Self.firstLine(of: "/proc/sys/kernel/random/boot_id") ?? "unknown"
        hasBatteryClock = Self.hasBattery(rtc)
        self.askKernel = askKernel
    }

    /// Whether the kernel has set the clock from this one at boot, and it runs without power. The clock of a Raspberry
    /// Pi 5 starts in 1970 without a battery. Then systemd has set the clock to the time of the last run.
    private static func hasBattery(_ rtc: String) -> Bool {
        guard firstLine(of: "\(rtc)/hctosys") == "1",
            let seconds = firstLine(of: "\(rtc)/since_epoch").flatMap({ Int64($0) })
        else { return false }
        return abs(seconds * 1000 - milliseconds(of: CLOCK_REALTIME)) <= batteryToleranceMilliseconds
    }

    /// This instant on both clocks.
    public func now() -> Moment {
        Moment(
            wallMilliseconds: Self.milliseconds(of: CLOCK_REALTIME),
            bootMilliseconds: Self.milliseconds(of: CLOCK_BOOTTIME))
    }

    /// True if the kernel reports a synchronised clock (`adjtimex(2)`: no `STA_UNSYNC`), or has set it from a
    /// battery-backed clock at boot (`hctosys`, `since_epoch`: `Documentation/ABI/testing/sysfs-class-rtc`).
    ///
    /// The returned state of the call is not used: it is `TIME_ERROR` also for a lost pulse per second, and a due leap
    /// second is no doubt. If the error estimate is too large, the kernel sets `STA_UNSYNC` itself.
    public func isWallClockTrusted() -> Bool {
        hasBatteryClock || isWallClockSynchronised()
    }

    /// Whether a time server has set the clock (`adjtimex(2)`: no `STA_UNSYNC`).
    public func isWallClockSynchronised() -> Bool {
        var status = timex()
        return askKernel(&status) >= 0 && status.status & STA_UNSYNC == 0
    }

    private static func milliseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func firstLine(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let bytes = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
