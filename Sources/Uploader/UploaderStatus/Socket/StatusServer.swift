package import EventThread
import FoundationEssentials
import Glibc
package import Logging
import ServiceLifecycle

/// Answers each connection to a Unix socket with a line of JSON, and reads nothing.
///
/// It cannot delay the uploader: without its socket all else works, it reads nothing, an answer fits into the
/// socket's buffer or is cut off, and it answers some twenty times a second at most.
package struct StatusServer: Service {
    /// Between two rounds of answers.
    package static let pause: Duration = .milliseconds(50)

    package let path: String
    package var clock: any Clock<Duration> = ContinuousClock()
    /// Waits for connections.
    package let thread: EventThread
    package let logger: Logger
    /// Called from the moment at which it can be asked.
    var whenListening: @Sendable () -> Void = {}
    package let report: @Sendable () async -> StatusReport

    package init(
        path: String, clock: any Clock<Duration> = ContinuousClock(), thread: EventThread = .shared,
        logger: Logger,
        whenListening: @escaping @Sendable () -> Void = {}, report: @escaping @Sendable () async -> StatusReport
    ) {
        self.path = path
        self.clock = clock
        self.thread = thread
        self.logger = logger
        self.whenListening = whenListening
        self.report = report
    }

    package func run() async {
        do throws(StatusSocketError) {
            let socket = try StatusSocket.listening(at: path)
            defer { unlink(path) }
            whenListening()
            let descriptor = socket.descriptor
            while await isAsked(descriptor) { await answer(on: socket) }
        } catch {
            logger.warning("strapline status will get no answer", metadata: ["error": "\(error)"])
            // A service that ends would end the others.
            try? await gracefulShutdown()
        }
    }

    /// Waits until somebody asks; false when the program ends.
    private func isAsked(_ descriptor: Int32) async -> Bool {
        // A shut-down socket is readable. `cancelWhenGracefulShutdown` would end a task on the runtime's own threads
        // for each connection.
        await withGracefulShutdownHandler {
            await thread.untilReadable(descriptor)
        } onGracefulShutdown: {
            _ = shutdown(descriptor, Int32(SHUT_RDWR))
        }
        return !Task.isCancelled && !Task.isShuttingDownGracefully
    }

    /// Answers all who ask now with the same.
    private func answer(on socket: borrowing StatusSocket) async {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(await report()) else { return }
        while let asking = socket.accept() { asking.send(Array(line) + [UInt8(ascii: "\n")]) }
        try? await clock.sleep(for: Self.pause)
    }
}
