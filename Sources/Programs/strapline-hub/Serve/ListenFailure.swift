import ArgumentParser
import Console
import Glibc
import NIOCore

/// Why the hub cannot listen, with the next step.
struct ListenFailure: CommandFailure {
    let description: String
    let exitCode: ExitCode

    /// Nil for an error of another kind.
    init?(_ error: any Error, host: String, port: UInt16, hub: PrintedCommand) {
        switch error {
        case let error as IOError where error.errnoCode == EADDRINUSE:
            let other = HubListening.freePort(after: port) ?? 0
            description =
                "Something listens at \(host) port \(port) already, perhaps this hub. Stop it, or choose another port "
                + "with --port: \(hub.text(["serve", "--host", host, "--port", String(other)]))"
            exitCode = .unavailable
        case let error as IOError where error.errnoCode == EADDRNOTAVAIL:
            description =
                "\(host) is not an address of this machine. Use 0.0.0.0 for all networks: "
                + hub.text(["serve", "--host", "0.0.0.0", "--port", String(port)])
            exitCode = .validationFailure
        case let error as IOError where error.errnoCode == EACCES && port < 1024:
            description =
                "Ports below 1024 need root, or the capability CAP_NET_BIND_SERVICE. Choose a higher port: "
                + hub.text(["serve", "--host", host, "--port", "8080"])
            exitCode = .validationFailure
        case let error as IOError:
            description = "Cannot listen at \(host) port \(port): \(error)"
            exitCode = .unavailable
        case is SocketAddressError, is SocketAddressError.UnknownHost:
            description =
                "There is no host \(host). Use an address of this machine, without a port, or 0.0.0.0 for all "
                + "networks: \(hub.text(["serve", "--host", "0.0.0.0", "--port", String(port)]))"
            exitCode = .validationFailure
        default: return nil
        }
    }
}
