import Glibc

enum PostgresWait {
    /// Returns when a descriptor is ready, or false when the deadline has passed.
    static func poll(_ descriptors: inout [pollfd], by deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let (seconds, attoseconds) = max(deadline - .now, .zero).components
            // Rounded up: a wait that ends early would be repeated.
            let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
            let milliseconds = Int32(clamping: seconds * 1000 + rest)
            let readyCount = Glibc.poll(&descriptors, nfds_t(descriptors.count), milliseconds)
            if readyCount > 0 { return true }
            // A signal ends a wait too, or a lack of memory.
            if deadline <= .now { return false }
        }
    }
}
