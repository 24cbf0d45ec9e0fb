/// The forms of a reading in an answer: `?response_mode=`.
public enum ResponseMode: String, Sendable, Hashable, CaseIterable {
    /// `{"measured_at": 1625310655000, "data": {"heart_rate": 40}}`: the default.
    case json
    /// `40`, the bare number; over HTTP as `text/plain; charset=UTF-8`.
    case textPlainOnlyHeartRate = "text_plain_only_heart_rate"
    /// `{"timestamp": 1625310655000, "data": {"heartRate": 40}}`: not documented, but many clients request it from the
    /// real-time stream.
    case legacyJSON = "legacy_json"
}
