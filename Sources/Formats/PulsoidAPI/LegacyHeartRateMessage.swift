/// A reading in the undocumented form of ``ResponseMode/legacyJSON``.
///
/// ```json
/// {"timestamp": 1625310655000, "data": {"heartRate": 40}}
/// ```
public struct LegacyHeartRateMessage: Sendable, Hashable, Decodable {
    /// The reading in the documented form.
    public var message: HeartRateMessage

    private enum CodingKeys: String, CodingKey {
        case timestamp, data
    }

    private enum DataKeys: String, CodingKey {
        case heartRate
    }

    /// Decodes the legacy form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let data = try container.nestedContainer(keyedBy: DataKeys.self, forKey: .data)
        message = HeartRateMessage(
            measuredAtMilliseconds: try container.decodeMilliseconds(forKey: .timestamp),
            heartRate: try data.decode(Int.self, forKey: .heartRate))
    }
}
