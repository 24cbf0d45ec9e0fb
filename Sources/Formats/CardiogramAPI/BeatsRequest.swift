/// The body of `POST /heart/oauth/users/{userId}/beats`.
///
/// ```json
/// {"beats": [{"start": 1546025628, "end": 1546025628, "value": 60}]}
/// ```
package struct BeatsRequest: Sendable, Hashable, Codable {
    package var beats: [Beat]

    package init(beats: [Beat]) {
        self.beats = beats
    }

    /// Timestamps from here on (the year 5138) are milliseconds sent by mistake.
    package static let firstSecondNotBelieved: Int64 = 100_000_000_000

    /// Why a server refuses the whole request; nil when it takes it.
    package var refusal: Refusal? {
        if beats.contains(where: { $0.value < 0 }) { return .negativeValue }
        let isSecond = { (seconds: Int64) in (0..<Self.firstSecondNotBelieved).contains(seconds) }
        if !beats.allSatisfy({ isSecond($0.start) && isSecond($0.end) }) { return .notInSeconds }
        return nil
    }
}
