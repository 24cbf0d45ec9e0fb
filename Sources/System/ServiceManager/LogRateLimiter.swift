import Logging
import Synchronization
package import Timing

/// Limits how fast a log grows: some lines of each subject at once, then one a minute. That line is the newest, and its
/// `count` is the number of lines that it replaces.
///
/// The subject of a line is the value of its metadata `subject`, or its message without one, together with the values
/// of ``identifyingKeys``. `subject` itself is not printed.
///
/// - The levels debug and trace have no limit, because a search for a fault needs every line.
/// - A held line is printed when its minute is over (``run(clock:)``), or at the end (``flush()``).
package final class LogRateLimiter: Sendable {
    /// The lines that are limited.
    package enum Scope: Sendable {
        case allLines
        /// Only lines with the metadata `subject`. Each other line is a record that a program may count.
        case linesWithSubject
    }

    /// The metadata key of the subject, which is never printed.
    package static let subjectKey = "subject"
    /// The metadata keys that distinguish two subjects of one kind.
    static let identifyingKeys = ["adapter", "destination", "file", "output", "part", "strap", "user"]
    /// With more subjects than this, those without a line for some minutes are dropped.
    private static let subjectsBeforeCleaning = 256

    private struct Subject {
        var limit = ReportRateLimit()
        var held: Held?
    }

    private struct Held {
        var event: LogEvent
        let handler: any LogHandler
        var count = 0
    }

    private let scope: Scope
    private let now: @Sendable () -> Int64
    private let subjects = Mutex<[String: Subject]>([:])
    private let wakeUps = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Uses the boot time of `time`, which never steps.
    package init(_ scope: Scope, time: any TimeSource) {
        self.scope = scope
        now = { time.now().bootMilliseconds }
    }

    /// Prints a line with its handler, or holds it.
    func log(_ event: LogEvent, subject name: String?, by handler: any LogHandler) {
        guard handler.logLevel > .debug, scope == .allLines || name != nil else { return handler.log(event: event) }
        let key = Self.key(event, name, handler)
        let now = now()
        let line: LogEvent? = subjects.withLock { subjects in
            if subjects.count > Self.subjectsBeforeCleaning {
                subjects = subjects.filter { $0.value.held != nil || !$0.value.limit.isIdle(atBootMilliseconds: now) }
            }
            var subject = subjects[key] ?? Subject()
            defer { subjects[key] = subject }
            let count = (subject.held?.count ?? 0) + 1
            guard subject.limit.allowsReport(atBootMilliseconds: now) else {
                subject.held = Held(event: event, handler: handler, count: count)
                return nil
            }
            subject.held = nil
            return Self.line(event, standingFor: count)
        }
        if let line { handler.log(event: line) } else { wakeUps.continuation.yield() }
    }

    /// Prints each held line when its minute is over, until the task is cancelled.
    package func run(clock: any Clock<Duration>) async {
        for await _ in wakeUps.stream {
            while let next = nextAt {
                guard (try? await clock.sleep(for: .milliseconds(max(0, next - now())))) != nil else { return }
                flush(through: now())
            }
        }
    }

    /// Prints all held lines. Call it at the end of the program.
    package func flush() { flush(through: .max) }

    private var nextAt: Int64? {
        subjects.withLock { subjects in
            subjects.values.compactMap { $0.held == nil ? nil : $0.limit.nextReportAtBootMilliseconds ?? 0 }.min()
        }
    }

    private func flush(through time: Int64) {
        let now = now()
        let due = subjects.withLock { subjects in
            var due: [Held] = []
            for (key, var subject) in subjects {
                guard let held = subject.held, subject.limit.nextReportAtBootMilliseconds ?? 0 <= time else { continue }
                _ = subject.limit.allowsReport(atBootMilliseconds: now)
                subject.held = nil
                subjects[key] = subject
                due.append(held)
            }
            return due
        }
        for held in due { held.handler.log(event: Self.line(held.event, standingFor: held.count)) }
    }

    private static func line(_ event: LogEvent, standingFor count: Int) -> LogEvent {
        guard count > 1 else { return event }
        var line = event
        line.metadata = (event.metadata ?? [:]).merging(["count": "\(count)"]) { $1 }
        return line
    }

    private static func key(_ event: LogEvent, _ name: String?, _ handler: any LogHandler) -> String {
        let values = identifyingKeys.map { key in
            (event.metadata?[key] ?? handler[metadataKey: key]).map { "\($0)" } ?? ""
        }
        return ([name ?? "\(event.message)"] + values).joined(separator: "\u{0}")
    }
}
