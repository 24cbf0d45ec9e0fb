import Hub
import ServiceLifecycle

/// Prints the hub's address when it listens: the one line on stdout, for whoever started it.
struct ReadyLine: Service {
    let server: HubServer
    let host: String
    let isSecure: Bool

    func run() async throws {
        // When the hub cannot listen, it says so itself.
        if let port = try? await server.boundPort() {
            let literal = host.contains(":") ? "[\(host)]" : host
            StandardStream.output.print("\(isSecure ? "https" : "http")://\(literal):\(port)")
        }
        try? await gracefulShutdown()
    }
}
