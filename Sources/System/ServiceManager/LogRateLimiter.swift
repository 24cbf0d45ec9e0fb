import Logging
import Synchronization
public import Timing

/// Keeps a log from being flooded, whatever changes how often: of each subject some lines at once, then one a minute, which
/// is the newest and says in `count` how many it stands for.
///
/// A subject is what a line is about: the value of its metadata `subject` where it has one, else its message; together with
/// the values of ``identifyingKeys``. `subject` itself is not printed.
///
/// - At the levels debug and trace nothing is held back: whoever looks for a fault wants to see each change.
/// - A line that is held back is printed when its minute is over (``run(clock:)``), or at the end (``flush()``).
public final class LogRateLimiter: Sendable {
    /// Whose lines are limited.
    public enum Scope: Sendable {
        case allLines
        /// Only lines with the metadata `subject`. Each of the others is a record that a program may count.
        case linesWithSubject
    }

    /// Names what a line is about; `subject` itself is never printed.
    public static let subjectKey = "subject"
    /// What tells two subjects of one kind apart.
    static let identifyingKeys = ["adapter", "destination", "file", "part", "strap", "user"]
    /// Subjects that are remembered before those are dropped of which nothing was heard for minutes.
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

    /// Of `time` the boot time is used, which never steps.
    public init(_ scope: Scope, time: any TimeSource) {
        self.scope = scope
        now = { time.now().bootMilliseconds }
    }

    /// Prints a line by its handler, or holds it back.
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

    /// Prints what was held back when its time has come, until the task is cancelled.
    public func run(clock: any Clock<Duration>) async {
        for await _ in wakeUps.stream {
            while let next = nextAt {
                guard (try? await clock.sleep(for: .milliseconds(max(0, next - now())))) != nil else { return }
                flush(through: now())
            }
        }
    }

    /// Prints all that is held back: at the end of the program.
    public func flush() { flush(through: .max) }

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
