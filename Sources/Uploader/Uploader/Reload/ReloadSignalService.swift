import Glibc
import Logging
import ServiceLifecycle
import ServiceManager
import UnixSignals

/// Reloads the configuration at each SIGHUP, as `systemctl reload` sends it.
struct ReloadSignalService: Service {
    /// nil without a service manager.
    let notifier: ServiceNotifier?
    let logger: Logger
    let reload: @Sendable () async -> Void

    func run() async {
        // Not `cancelOnGracefulShutdown`, which merges sequences in a task of the runtime's own threads.
        await cancelWhenGracefulShutdown { await reloadAtEachSignal() }
    }

    private func reloadAtEachSignal() async {
        let hadTerminal = isatty(STDIN_FILENO) != 0
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            // A closed terminal sends the same signal. Then the program ends too.
            if hadTerminal, isatty(STDIN_FILENO) == 0 {
                logger.notice("the terminal is gone")
                kill(getpid(), SIGTERM)
                continue
            }
            tell(.reloading(monotonicMicroseconds: ServiceNotifier.monotonicMicroseconds()))
            await reload()
            tell(.ready)
        }
    }

    private func tell(_ notification: ServiceNotification) {
        do throws(ServiceNotifierError) {
            try notifier?.notify(notification)
        } catch {
            logger.warning("\(error)")
        }
    }
}
