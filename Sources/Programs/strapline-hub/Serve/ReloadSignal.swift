import HubServer
import ServiceLifecycle
import UnixSignals

/// Loads the certificate and its key again on SIGHUP, which `systemctl reload` sends.
struct ReloadSignal: Service {
    let server: HubServer

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { server.reloadCertificate() }
    }
}
