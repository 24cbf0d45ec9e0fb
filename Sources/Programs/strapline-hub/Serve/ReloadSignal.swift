import HubServer
import ServiceLifecycle
import UnixSignals

/// On SIGHUP the certificate and its key are loaded again, as `systemctl reload` has it.
struct ReloadSignal: Service {
    let server: HubServer

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { server.reloadCertificate() }
    }
}
