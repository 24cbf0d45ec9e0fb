import FoundationEssentials
import Glibc

/// Reads what a running process has used.
struct ProcessMeter: Sendable {
    let processID: pid_t

    /// CPU of all its threads, those that have ended included, in user and kernel mode.
    func cpu() throws -> Duration {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(processID, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            throw BenchError("process \(processID) has ended before it was measured")
        }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    func memory() throws -> Memory {
        let rollup = try String(contentsOfFile: "/proc/\(processID)/smaps_rollup", encoding: .utf8)
        guard let memory = Memory(smapsRollup: rollup) else {
            throw BenchError("cannot read the memory of process \(processID)")
        }
        return memory
    }

    func wakeUps() throws -> WakeUps { try WakeUps(ofProcess: processID) }
}
