@testable import WebClient

/// The hub, which writes such dates, has a type of the same name.
enum HTTPDates {
    static func seconds(_ text: String) -> Int64? { HTTPDate.seconds(text) }
}
