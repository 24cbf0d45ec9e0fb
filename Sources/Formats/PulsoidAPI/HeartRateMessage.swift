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

    /// The range includes nanoseconds that were sent by mistake. The difference of any two is in the range of `Int64`.
    fileprivate static let momentsInMilliseconds: ClosedRange<Int64> =
        -2_000_000_000_000_000_000...2_000_000_000_000_000_000

    /// Makes a message.
    public init(measuredAtMilliseconds: Int64, heartRate: Int) {
        self.measuredAtMilliseconds = measuredAtMilliseconds
        self.heartRate = heartRate
    }

    /// Reads the documented form, with any white space, without the cost of a decoder. Nil for any other text, which
    /// may be valid as well: only a decoder knows.
    package init?(documentedForm text: UnsafeRawBufferPointer) {
        var scanner = JSONScanner(text)
        guard scanner.takes("{"), scanner.takes("\"measured_at\""), scanner.takes(":"),
            let measuredAt = scanner.wholeNumber(), Self.momentsInMilliseconds.contains(measuredAt),
            scanner.takes(","), scanner.takes("\"data\""), scanner.takes(":"), scanner.takes("{"),
            scanner.takes("\"heart_rate\""), scanner.takes(":"), let heartRate = scanner.wholeNumber(),
            scanner.takes("}"), scanner.takes("}"), scanner.isAtEnd()
        else { return nil }
        self.init(measuredAtMilliseconds: measuredAt, heartRate: Int(heartRate))
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

    private var momentsInMilliseconds: ClosedRange<Int64> { HeartRateMessage.momentsInMilliseconds }
}

/// Reads JSON of a known form from left to right. White space before each part is skipped.
private struct JSONScanner {
    private let text: UnsafeRawBufferPointer
    private var index = 0

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
    }

    /// Whether `part` comes next. Then it is skipped.
    mutating func takes(_ part: StaticString) -> Bool {
        skipWhiteSpace()
        let count = part.utf8CodeUnitCount
        guard text.count - index >= count else { return false }
        for offset in 0..<count where text[index + offset] != part.utf8Start[offset] { return false }
        index += count
        return true
    }

    /// A whole number of at most 18 digits (RFC 8259, 6), which an `Int64` always holds.
    mutating func wholeNumber() -> Int64? {
        skipWhiteSpace()
        let isNegative = index < text.count && text[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let first = index
        var number: Int64 = 0
        while index < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) {
            guard index - first < 18 else { return nil }
            number = 10 * number + Int64(text[index] - UInt8(ascii: "0"))
            index += 1
        }
        let digits = index - first
        guard digits == 1 || (digits > 1 && text[first] != UInt8(ascii: "0")) else { return nil }
        return isNegative ? -number : number
    }

    mutating func isAtEnd() -> Bool {
        skipWhiteSpace()
        return index == text.count
    }

    private mutating func skipWhiteSpace() {
        while index < text.count {
            switch text[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }
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
