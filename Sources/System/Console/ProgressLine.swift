import Synchronization
import TextFormats

/// The progress of long work: one line on standard error that is written over. Silent unless that is a terminal
/// that clears lines.
package final class ProgressLine: Sendable {
    /// The pause between two texts: faster ones cannot be read.
    private static let pause: Duration = .milliseconds(200)

    private let isShown: Bool
    private let clock = ContinuousClock()
    // Work that runs concurrently shows its progress too.
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// - Parameter isBeside: whether standard output goes to the same terminal, where the line would be in the way.
    package init(isBeside: Bool = false) {
        isShown = StandardStream.error.obeysControls && !isBeside
    }

    /// Shows a text unless the last one is too young.
    package func show(_ text: @autoclosure () -> String) {
        guard isShown else { return }
        let now = clock.now
        let isDue = last.withLock { last in
            guard last.map({ now - $0 >= Self.pause }) ?? true else { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let columns = StandardStream.error.columns ?? 80
        try? StandardStream.error.send("\r\u{1B}[K" + text().printableLines().prefix(columns - 1))
    }

    /// Removes the line.
    package func end() {
        let wasShown = last.withLock { last in
            defer { last = nil }
            return last != nil
        }
        if wasShown { try? StandardStream.error.send("\r\u{1B}[K") }
    }
}
