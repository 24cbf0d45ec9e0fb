/// Limits wrong guesses within a minute.
struct GuessLimit: Sendable {
    private static let windowMilliseconds: Int64 = 60_000

    private let count: Int
    private var wrongAtMilliseconds: [Int64] = []

    init(perMinute count: Int) {
        self.count = count
    }

    /// Seconds until the next guess; nil for now. The clock has no steps.
    mutating func secondsToWait(now: Int64) -> Int64? {
        wrongAtMilliseconds.removeAll { $0 + Self.windowMilliseconds <= now }
        guard wrongAtMilliseconds.count >= count, let first = wrongAtMilliseconds.first else { return nil }
        return (first + Self.windowMilliseconds - now + 999) / 1000
    }

    mutating func guessedWrong(now: Int64) {
        wrongAtMilliseconds.append(now)
    }

    /// Whether there was no wrong guess within the last minute.
    func isFresh(now: Int64) -> Bool {
        wrongAtMilliseconds.allSatisfy { $0 + Self.windowMilliseconds <= now }
    }
}
