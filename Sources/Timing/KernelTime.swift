import CLinux
import Glibc

/// The clocks of the Linux kernel.
public struct KernelTime: TimeSource {
    public let bootID: String
    private let hasBatteryClock: Bool
    /// `adjtimex(2)`: fills in what the kernel knows of the clock and returns its state, or -1.
    private let askKernel: @Sendable (inout timex) -> Int32

    public init() {
        self.init(hasBatteryClock: Self.firstLine(of: "/sys/class/rtc/rtc0/hctosys") == "1") { adjtimex(&$0) }
    }

    init(hasBatteryClock: Bool, askKernel: @escaping @Sendable (inout timex) -> Int32) {
        bootID = Self.firstLine(of: "/proc/sys/kernel/random/boot_id") ?? "unknown"
        self.hasBatteryClock = hasBatteryClock
        self.askKernel = askKernel
    }

    public func now() -> Moment {
        Moment(
            wallMilliseconds: Self.milliseconds(of: CLOCK_REALTIME),
            bootMilliseconds: Self.milliseconds(of: CLOCK_BOOTTIME))
    }

    /// True when the kernel says that the clock is synchronised (`adjtimex(2)`: no `STA_UNSYNC`), or when the kernel
    /// set it from a battery-backed clock at boot (`hctosys`, `Documentation/admin-guide/rtc.rst`).
    ///
    /// The state that the call returns tells more, and too much: `TIME_ERROR` also for a lost pulse per second, and a leap
    /// second that is due is no doubt. An error estimate that has grown too large makes the kernel set `STA_UNSYNC` itself.
    public func isWallClockTrusted() -> Bool {
        if hasBatteryClock { return true }
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
