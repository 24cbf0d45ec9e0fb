import FoundationEssentials
import Glibc

/// Reads what all processes of a PostgreSQL have used.
struct PostgresMeter: Sendable {
    private static let ticksPerSecond = sysconf(Int32(_SC_CLK_TCK))
    /// Their places in `/proc/PID/stat`, counted behind the name: times in user and kernel mode, then those of children
    /// that have ended (proc(5)).
    private static let ownTimes = 11...12
    private static let childTimes = 13...14

    let postmaster: pid_t

    /// CPU of the postmaster, of its children and of those that have ended.
    func cpu() throws -> Duration {
        let list = try String(contentsOfFile: "/proc/\(postmaster)/task/\(postmaster)/children", encoding: .utf8)
        let children = list.split(separator: " ").compactMap { pid_t($0) }
        var ticks = try times(postmaster, Self.ownTimes) + times(postmaster, Self.childTimes)
        // One that has just ended is in the times of the postmaster.
        for child in children { ticks += (try? times(child, Self.ownTimes)) ?? 0 }
        return .seconds(1) * ticks / Self.ticksPerSecond
    }

    private func times(_ process: pid_t, _ places: ClosedRange<Int>) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ").dropFirst()
        return places.reduce(0) { sum, place in
            sum + (Int(fields.dropFirst(place).first ?? "") ?? 0)
        }
    }
}
