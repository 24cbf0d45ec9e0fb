import ArgumentParser
import Console

/// How long the hub keeps measurements.
struct RetentionTime {
    /// Nil is for ever.
    let duration: Duration?

    /// A year and a day: a comparison of this week with the same week a year ago finds all readings.
    static let usual = "366d"

    init(_ text: String) throws {
        duration = text == "forever" ? nil : try TimeSpan(text: text).duration
    }
}
