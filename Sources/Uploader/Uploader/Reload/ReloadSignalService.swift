import Glibc
import Logging
import ServiceLifecycle
import ServiceManager
import UnixSignals

/// Reloads the configuration at each SIGHUP, as `systemctl reload` sends it.
struct ReloadSignalService: Service {
    /// nil where no manager wants to be told.
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
            // A terminal that is closed sends the same: who ran the program there is gone, and so is the program.
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
            try notifier?.tell(notification)
        } catch {
            logger.warning("\(error)")
        }
    }
}
