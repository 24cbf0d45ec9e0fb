import Console
import HubServer
import HubStore
import Logging
import ServiceLifecycle
import ServiceManager

/// Prints the hub's address when it listens: the one line on stdout. A service manager gets the
/// same, that the hub lives, and when the end begins.
struct ReadyLine: Service {
    let server: HubServer
    let database: HubDatabase
    let host: String
    let isSecure: Bool
    /// nil without a service manager.
    let notifier: ServiceNotifier?
    /// How long the manager waits for a sign of life; nil where it does not.
    let watchdogTimeout: Duration?
    let logger: Logger

    func run() async throws {
        // When the hub cannot listen, it says so itself.
        if let port = try? await server.boundPort() {
            // Later than the port: a hub that was started twice reports the address.
            try await database.claim()
            let literal = host.contains(":") ? "[\(host)]" : host
            let address = "\(isSecure ? "https" : "http")://\(literal):\(port)"
            StandardStream.output.print(address)
            tell(.ready, .status("listens at \(address)"))
        }
        await cancelWhenGracefulShutdown { await live() }
        tell(.stopping, .status("stopping"))
    }

    /// Until the task is cancelled.
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
