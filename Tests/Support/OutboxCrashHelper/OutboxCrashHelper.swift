import Glibc
import HeartRate
import Logging
import Outbox

/// Appends readings, acknowledges them, and prints a line for each when the outbox has returned. A test may kill it at
/// any moment.
///
/// `OutboxCrashHelper FILE DURABILITY FIRST COUNT STRAP…`: appends COUNT readings of each strap, all straps at the same
/// time, numbered from FIRST in ``Reading/measuredAtMilliseconds``. Prints `appended ID STRAP NUMBER` and
/// `acknowledged ID`. `process-crash:MS` also runs the outbox, which then syncs every MS milliseconds.
@main
enum OutboxCrashHelper {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let mode = arguments.count > 2 ? arguments[2].split(separator: ":").map(String.init) : []
        guard arguments.count > 5, let durability = mode.first.flatMap(Durability.init),
            let first = Int64(arguments[3]), let count = Int64(arguments[4])
        else { exit(64) }
        let straps = Array(arguments[5...])
        let lane = Lane(strap: straps[0], destination: "pulsoid")
        var options = OutboxOptions(durability: durability, clockWait: .zero)
        let syncMilliseconds = mode.count > 1 ? Int(mode[1]) : nil
        if let syncMilliseconds { options.syncInterval = .milliseconds(syncMilliseconds) }
        let outbox = try Outbox(
            path: arguments[1], lanes: [lane], options: options,
            logger: Logger(label: "outbox", factory: { _ in SwiftLogNoOpLogHandler() }))
        async let _: Void = syncMilliseconds == nil ? () : outbox.run()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for strap in straps {
                group.addTask {
                    for number in first..<first + count {
                        let id = try await outbox.append(reading(strap, number))
                        report("appended \(id) \(strap) \(number)")
                        guard strap == lane.strap else { continue }
                        try await outbox.acknowledge(lane, through: id)
                        report("acknowledged \(id)")
                    }
                }
            }
            try await group.waitForAll()
        }
        try await outbox.close()
    }

    private static func reading(_ strap: String, _ number: Int64) -> Reading {
        Reading(
            strap: strap, measurement: HeartRateMeasurement(beatsPerMinute: 60, rrIntervals: [1000]),
            measuredAtMilliseconds: number, bootMilliseconds: number)
    }

    /// One write, so that a kill does not cut the line.
    private static func report(_ line: String) {
        let line = line + "\n"
        _ = write(STDOUT_FILENO, line, line.utf8.count)
    }
}
