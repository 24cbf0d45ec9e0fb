/// The kinds of message in a room's stream (docs.pulsoid.net, "Read Room Data via WebSocket"). A message's payload stands
/// under the name of its kind.
public enum RoomMessageKind: String, Sendable, Hashable, CaseIterable, Codable {
    case heartRate = "heart_rate"
    case memberUpdated = "room_member_updated"
    case memberRemoved = "room_member_removed"
    case roomUpdated = "room_updated"

    /// What a stream holds when `?kinds=` is missing.
    public static let defaults: Set<RoomMessageKind> = [.heartRate]

    /// Reads the comma-separated value of `?kinds=`. Names that nobody knows are passed over; without any that is known
    /// the ``defaults`` hold.
    public static func kinds(inQuery value: some StringProtocol) -> Set<RoomMessageKind> {
        let known = value.split(separator: ",").compactMap { name in
            RoomMessageKind(rawValue: String(name.filter { $0 != " " }))
        }
        return known.isEmpty ? defaults : Set(known)
    }

    /// The value of `?kinds=` that asks for these.
    public static func query(for kinds: Set<RoomMessageKind>) -> String {
        allCases.filter(kinds.contains).map(\.rawValue).joined(separator: ",")
    }
}
