import ArgumentParser

/// The option `--retention`.
struct RetentionTime {
    /// Nil is for ever.
    let duration: Duration?

    /// A year and a day: this week can be compared with the same week a year ago.
    static let usual = "366d"

    init(_ text: String) throws {
        duration = text == "forever" ? nil : try Lifetime(text).duration
    }
}
