import Console
import HubServer
import Logging
import ServiceLifecycle
import ServiceManager

/// Prints the hub's address when it listens: the only line on stdout. Reports readiness, life and stopping to a service
/// manager.
struct ReadyLine: Service {
    let server: HubServer
    let host: String
    let isSecure: Bool
    /// Nil without a service manager.
    let notifier: ServiceNotifier?
    /// The time-out of the manager's watchdog; nil without one.
    let watchdogTimeout: Duration?
    let logger: Logger

    func run() async throws {
        // If the hub cannot listen, its own error says so.
        if let port = try? await server.boundPort() {
            let literal = host.contains(":") ? "[\(host)]" : host
            let address = "\(isSecure ? "https" : "http")://\(literal):\(port)"
            StandardStream.output.print(address)
            tell(.ready, .status("listens at \(address)"))
        }
        await cancelWhenGracefulShutdown { await live() }
        tell(.stopping, .status("stopping"))
    }

    /// Runs until the task is cancelled.
    private func live() async {
        guard let watchdogTimeout else {
            try? await gracefulShutdown()
            return
        }
        let parts = [
            Watchdog.Part(name: "event loops") { await server.eventLoopsAnswer() },
            Watchdog.Part(name: "database") { await server.databaseAnswers() },
        ]
        await Watchdog(timeout: watchdogTimeout, parts: parts, logger: logger).run { tell(.alive) }
    }

    private func tell(_ notifications: ServiceNotification...) {
        do throws(ServiceNotifierError) {
            try notifier?.notify(notifications)
        } catch {
            logger.warning("\(error)", metadata: ["subject": "service manager"])
        }
    }
}
