import Glibc

/// How long the service manager waits for a sign of life (`WatchdogSec=`) before it ends the service.
public enum WatchdogTimeout {
    /// From `$WATCHDOG_USEC`; nil where nobody waits, or where `$WATCHDOG_PID` says that another process is meant.
    public static func current(environment: [String: String], processID: Int32? = nil) -> Duration? {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), microseconds > 0 else {
            return nil
        }
        if let meant = environment["WATCHDOG_PID"], meant != "\(processID ?? getpid())" { return nil }
        return .microseconds(microseconds)
    }
}
