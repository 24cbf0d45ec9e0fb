import ArgumentParser
import Console

/// How long the hub keeps what was measured.
struct RetentionTime {
    /// Nil is for ever.
    let duration: Duration?

    /// A year and a day: whoever compares this week with the same one a year ago finds it whole.
    static let usual = "366d"

    init(_ text: String) throws {
        duration = text == "forever" ? nil : try TimeSpan(text: text).duration
    }
}
