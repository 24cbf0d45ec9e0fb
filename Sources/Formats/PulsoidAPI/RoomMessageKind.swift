/// The kinds of message in a room's stream. The payload of a message has the name of its kind as key.
///
/// [Read Room Data via WebSocket](https://docs.pulsoid.net/)
public enum RoomMessageKind: String, Sendable, Hashable, CaseIterable, Codable {
    /// The heart rate of a member.
    case heartRate = "heart_rate"
    /// A member was added or changed.
    case memberUpdated = "room_member_updated"
    /// A member was removed.
    case memberRemoved = "room_member_removed"
    /// The room was changed.
    case roomUpdated = "room_updated"

    /// The kinds in a stream without `?kinds=`.
    public static let defaults: Set<RoomMessageKind> = [.heartRate]

    /// Reads the comma-separated value of `?kinds=`. Unknown names are skipped. Without a known name the result is
    /// ``defaults``.
    public static func kinds(inQuery value: some StringProtocol) -> Set<RoomMessageKind> {
        let known = value.split(separator: ",").compactMap { name in
            RoomMessageKind(rawValue: String(name.filter { $0 != " " }))
        }
        return known.isEmpty ? defaults : Set(known)
    }

    /// The value of `?kinds=` for these kinds.
    public static func query(for kinds: Set<RoomMessageKind>) -> String {
        allCases.filter(kinds.contains).map(\.rawValue).joined(separator: ",")
    }
}
