package import Logging

/// A sign of life that is none of a timer's: it is given when every part of the program has answered, and not before.
package struct Heartbeat: Sendable {
    /// Something that may hang by itself.
    package struct Part: Sendable {
        package let name: String
        /// Returns when the part has come to it, or the task is cancelled.
        package let answers: @Sendable () async -> Void

        package init(name: String, answers: @escaping @Sendable () async -> Void) {
            self.name = name
            self.answers = answers
        }
    }

    /// How long the service manager waits between two signs of life.
    let timeout: Duration
    let parts: [Part]
    let clock: any Clock<Duration>
    let logger: Logger

    /// `timeout` is what ``WatchdogTimeout`` tells.
    package init(timeout: Duration, parts: [Part], clock: any Clock<Duration> = ContinuousClock(), logger: Logger) {
        self.timeout = timeout
        self.parts = parts
        self.clock = clock
        self.logger = logger
    }

    /// Calls `beat` twice within the time-out while all parts answer; until the task is cancelled.
    package func run(_ beat: @Sendable () -> Void) async {
        while true {
            for part in parts { await ask(part) }
            if Task.isCancelled { return }
            beat()
            try? await clock.sleep(for: timeout / 2)
        }
    }

    /// Says which part does not answer before the manager ends the program for it.
    private func ask(_ part: Part) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard (try? await clock.sleep(for: timeout / 4)) != nil else { return }
                logger.error(
                    "a part of the program does not answer: the service manager will start it anew",
                    metadata: ["part": "\(part.name)"])
            }
            await part.answers()
            group.cancelAll()
        }
    }
}
