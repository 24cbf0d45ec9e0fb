import EventThread
import FoundationEssentials
import Glibc
package import Logging
import ServiceLifecycle

/// Answers everybody who connects to a Unix socket with a line of JSON, and listens to nobody.
///
/// It is never in the uploader's way: without its socket everything else goes on, nothing is read, an answer fits into the
/// socket's buffer or is cut off, and whoever asks without end is answered some twenty times a second.
package struct StatusServer: Service {
    /// Between two rounds of answers.
    package static let pause: Duration = .milliseconds(50)

    package let path: String
    package var clock: any Clock<Duration> = ContinuousClock()
    package let logger: Logger
    /// Called from the moment at which it can be asked.
    var whenListening: @Sendable () -> Void = {}
    package let report: @Sendable () async -> StatusReport

    package init(
        path: String, clock: any Clock<Duration> = ContinuousClock(), logger: Logger,
        whenListening: @escaping @Sendable () -> Void = {}, report: @escaping @Sendable () async -> StatusReport
    ) {
        self.path = path
        self.clock = clock
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
        // A socket that is shut down can be read. `cancelWhenGracefulShutdown` would end a task in the runtime's own threads
        // for each who asks.
        await withGracefulShutdownHandler {
            await EventThread.shared.untilReadable(descriptor)
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
