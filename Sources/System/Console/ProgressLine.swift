import TextFormats

/// How far long work is: one line on standard error that is written over. Silent unless that is a terminal.
package struct ProgressLine {
    /// The pause between two texts: faster ones cannot be read.
    private static let pause: Duration = .milliseconds(200)

    private let isShown: Bool
    private let clock = ContinuousClock()
    private var last: ContinuousClock.Instant?

    /// - Parameter isBeside: whether standard output goes to the same terminal, where the line would be in the way.
    package init(isBeside: Bool = false) {
        isShown = StandardStream.error.isTerminal && !isBeside
    }

    /// Shows a text unless the last one is too young.
    package mutating func show(_ text: @autoclosure () -> String) {
        guard isShown, last.map({ clock.now - $0 >= Self.pause }) ?? true else { return }
        last = clock.now
        let columns = StandardStream.error.columns ?? 80
        try? StandardStream.error.send("\r\u{1B}[K" + text().printableLines().prefix(columns - 1))
    }

    /// Removes the line.
    package mutating func end() {
        if last != nil { try? StandardStream.error.send("\r\u{1B}[K") }
        last = nil
    }
}
