import Hub
import Logging
import ServiceLifecycle
import ServiceManager

/// Prints the hub's address when it listens: the one line on stdout, for whoever started it. A service manager is told the
/// same, and when the end begins.
struct ReadyLine: Service {
    let server: HubServer
    let host: String
    let isSecure: Bool
    /// nil where no manager wants to be told.
    let notifier: ServiceNotifier?
    let logger: Logger

    func run() async throws {
        // When the hub cannot listen, it says so itself.
        if let port = try? await server.boundPort() {
            let literal = host.contains(":") ? "[\(host)]" : host
            let address = "\(isSecure ? "https" : "http")://\(literal):\(port)"
            StandardStream.output.print(address)
            tell(.ready, .status("listens at \(address)"))
        }
        try? await gracefulShutdown()
        tell(.stopping, .status("stopping"))
    }

    private func tell(_ notifications: ServiceNotification...) {
        do throws(ServiceNotifierError) {
            try notifier?.tell(notifications)
        } catch {
            logger.warning("\(error)")
        }
    }
}
