import Glibc

/// The watchdog's time-out (`WatchdogSec=`), after which the service manager kills the service.
package enum WatchdogTimeout {
    /// Reads `$WATCHDOG_USEC`; nil without a watchdog, or when `$WATCHDOG_PID` names another process.
    package static func current(environment: [String: String], processID: Int32? = nil) -> Duration? {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), microseconds > 0 else {
            return nil
        }
        if let meant = environment["WATCHDOG_PID"], meant != "\(processID ?? getpid())" { return nil }
        return .microseconds(microseconds)
    }
}
