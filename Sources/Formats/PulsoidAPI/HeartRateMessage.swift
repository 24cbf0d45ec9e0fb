/// One reading: the body of a write, the answer to "latest", and the message of the real-time stream.
///
/// ```json
/// {"measured_at": 1625310655000, "data": {"heart_rate": 40}}
/// ```
///
/// [Write Heart Rate via HTTP](https://docs.pulsoid.net/), "Read Latest Heart Rate via HTTP", "Read Heart Rate via
/// WebSocket"
public struct HeartRateMessage: Sendable, Hashable {
    /// Milliseconds since the Unix epoch.
    public var measuredAtMilliseconds: Int64
    /// Beats per minute. A server accepts 0 and less, and stores nothing.
    public var heartRate: Int

    /// Makes a message.
    public init(measuredAtMilliseconds: Int64, heartRate: Int) {
        self.measuredAtMilliseconds = measuredAtMilliseconds
        self.heartRate = heartRate
    }

    /// The message as text, for a request or an answer.
    ///
    /// This avoids the cost of an encoder: it runs once for each reading and each reader.
    public func text(_ mode: ResponseMode = .json) -> String {
        switch mode {
        case .json: #"{"measured_at":\#(measuredAtMilliseconds),"data":{"heart_rate":\#(heartRate)}}"#
        case .legacyJSON: #"{"timestamp":\#(measuredAtMilliseconds),"data":{"heartRate":\#(heartRate)}}"#
        case .textPlainOnlyHeartRate: String(heartRate)
        }
    }
}

extension HeartRateMessage: Codable {
    private enum CodingKeys: String, CodingKey {
        case measuredAt = "measured_at"
        case data
    }

    private enum DataKeys: String, CodingKey {
        case heartRate = "heart_rate"
    }

    /// Decodes any number in `measured_at`, as documented, and drops a fraction of a millisecond. `heart_rate` must be
    /// a whole number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let data = try container.nestedContainer(keyedBy: DataKeys.self, forKey: .data)
        heartRate = try data.decode(Int.self, forKey: .heartRate)
        measuredAtMilliseconds = try container.decodeMilliseconds(forKey: .measuredAt)
    }

    /// Encodes the documented form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(measuredAtMilliseconds, forKey: .measuredAt)
        var data = container.nestedContainer(keyedBy: DataKeys.self, forKey: .data)
        try data.encode(heartRate, forKey: .heartRate)
    }
}

extension KeyedDecodingContainer {
    /// Reads a number of milliseconds that may come with a fraction.
    func decodeMilliseconds(forKey key: Key) throws -> Int64 {
        let number: Int64?
        if let whole = try? decode(Int64.self, forKey: key) {
            number = whole
        } else {
            number = Int64(exactly: try decode(Double.self, forKey: key).rounded(.down))
        }
        guard let number, momentsInMilliseconds.contains(number) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "it is not a number of milliseconds since 1970")
        }
        return number
    }

    /// The range includes nanoseconds that were sent by mistake. The difference of any two is in the range of `Int64`.
    private var momentsInMilliseconds: ClosedRange<Int64> { -2_000_000_000_000_000_000...2_000_000_000_000_000_000 }
}

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
