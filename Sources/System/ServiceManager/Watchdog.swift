import Glibc
package import Logging

/// Resets the service manager's watchdog while every part of the program answers. A timer alone would also run in a
/// program that hangs.
package struct Watchdog: Sendable {
    /// A part of the program that may hang.
    package struct Part: Sendable {
        package let name: String
        /// Returns when the part has answered, or the task is cancelled.
        package let ping: @Sendable () async -> Void

        package init(name: String, ping: @escaping @Sendable () async -> Void) {
            self.name = name
            self.ping = ping
        }
    }

    /// The service manager's time-out.
    let timeout: Duration
    let parts: [Part]
    let clock: any Clock<Duration>
    let logger: Logger

    /// The `timeout` is that of ``WatchdogTimeout``.
    package init(timeout: Duration, parts: [Part], clock: any Clock<Duration> = ContinuousClock(), logger: Logger) {
        self.timeout = timeout
        self.parts = parts
        self.clock = clock
        self.logger = logger
    }

    /// Calls `reset` twice within the time-out while all parts answer, until the task is cancelled.
    package func run(_ reset: @Sendable () -> Void) async {
        while true {
            for part in parts { await check(part) }
            if Task.isCancelled { return }
            reset()
            try? await clock.sleep(for: timeout / 2)
        }
    }

    /// Logs which part does not answer, before the service manager kills the program.
    private func check(_ part: Part) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard (try? await clock.sleep(for: timeout / 4)) != nil else { return }
                logger.error(
                    "a part of the program does not answer: the service manager will restart it",
                    metadata: ["part": "\(part.name)"])
            }
            await part.ping()
            group.cancelAll()
        }
    }
}

/// The watchdog's time-out (`WatchdogSec=`), after which the service manager kills the service.
package enum WatchdogTimeout {
    /// Reads `$WATCHDOG_USEC`; nil without a watchdog, or when `$WATCHDOG_PID` names another process.
    package static func current(environment: [String: String], processID: Int32? = nil) -> Duration? {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), microseconds > 0 else {
            return nil
        }
        if let meant = environment["WATCHDOG_PID"], meant != "\(processID ?? getpid())" { return nil }
        return .microseconds(microseconds)
    }
}
