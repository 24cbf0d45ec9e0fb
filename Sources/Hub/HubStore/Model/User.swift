/// A user whose heart rate the hub keeps.
package struct User: Sendable, Hashable, Codable {
    /// The `userId` of Cardiogram's paths: 1, 2, 3 and so on.
    package let id: Int64
    /// The `profile_id` of Pulsoid's messages: 24 hexadecimal digits.
    package let profileID: String
    /// The user's unique name in the administration.
    package let name: String
}
