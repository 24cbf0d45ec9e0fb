/// Bounds how often something may be guessed wrong within a minute.
struct GuessLimit: Sendable {
    private static let windowMilliseconds: Int64 = 60_000

    private let count: Int
    private var wrongAtMilliseconds: [Int64] = []

    init(perMinute count: Int) {
        self.count = count
    }

    /// Seconds until another guess may be made; nil when one may be made now. The clock never steps.
    mutating func secondsToWait(now: Int64) -> Int64? {
        wrongAtMilliseconds.removeAll { $0 + Self.windowMilliseconds <= now }
        guard wrongAtMilliseconds.count >= count, let first = wrongAtMilliseconds.first else { return nil }
        return (first + Self.windowMilliseconds - now + 999) / 1000
    }

    mutating func guessedWrong(now: Int64) {
        wrongAtMilliseconds.append(now)
    }

    /// Whether nothing was guessed wrong within the last minute.
    func isFresh(now: Int64) -> Bool {
        wrongAtMilliseconds.allSatisfy { $0 + Self.windowMilliseconds <= now }
    }
}
