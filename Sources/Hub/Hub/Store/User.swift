/// Somebody whose heart rate the hub keeps.
public struct User: Sendable, Hashable, Codable {
    /// The `userId` of Cardiogram's paths: 1, 2, 3 and so on.
    public let id: Int64
    /// The `profile_id` of Pulsoid's messages: 24 hexadecimal digits.
    public let profileID: String
    /// What the administration calls them; unique.
    public let name: String
}
