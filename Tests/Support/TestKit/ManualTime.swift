import Synchronization
package import Timing

/// A ``TimeSource`` that stands still until a test moves it.
package final class ManualTime: TimeSource {
    private struct State {
        var now: Moment
        var isTrusted: Bool
        var isSynchronised: Bool
    }

    package let bootID: String
    private let state: Mutex<State>

    /// Starts an hour after boot at 2026-01-01T00:00:00Z by default. `isSynchronised` false beside a
    /// trusted clock is that of a battery.
    package init(
        wallMilliseconds: Int64 = 1_767_225_600_000, bootMilliseconds: Int64 = 3_600_000, bootID: String = "boot-1",
        isTrusted: Bool = true, isSynchronised: Bool? = nil
    ) {
        self.bootID = bootID
        state = Mutex(
            State(
                now: Moment(wallMilliseconds: wallMilliseconds, bootMilliseconds: bootMilliseconds),
                isTrusted: isTrusted, isSynchronised: isSynchronised ?? isTrusted))
    }

    package func now() -> Moment { state.withLock { $0.now } }

    package func isWallClockTrusted() -> Bool { state.withLock { $0.isTrusted } }

    package func isWallClockSynchronised() -> Bool { state.withLock { $0.isSynchronised } }

    /// Advances both clocks.
    package func advance(milliseconds: Int64) {
        state.withLock {
            $0.now.wallMilliseconds += milliseconds
            $0.now.bootMilliseconds += milliseconds
        }
    }

    /// Sets the wall clock, and lets no time pass.
    package func setWall(milliseconds: Int64, isTrusted: Bool = true) {
        state.withLock {
            $0.now.wallMilliseconds = milliseconds
            $0.isTrusted = isTrusted
            $0.isSynchronised = isTrusted
        }
    }
}
