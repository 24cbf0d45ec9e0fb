import Foundation

/// The timers that this process has: `timerfd_create(2)`.
enum TimerDescriptors {
    /// The clock of each, as in `/proc/self/fdinfo`.
    static func clocks() -> [Int] {
        let folder = "/proc/self/fdinfo"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in
            let lines =
                (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))?.split(separator: "\n") ?? []
            let clock = lines.first { $0.hasPrefix("clockid:") }
            return clock.flatMap { Int($0.dropFirst("clockid:".count).filter(\.isNumber)) }
        }
    }
}
