/// The body of an answer: `{"success": true}` (older versions: `{}`) with 200, `{"message": "…"}` with an error.
public struct Answer: Sendable, Hashable, Codable {
    public var success: Bool?
    public var message: String?

    public init(success: Bool? = nil, message: String? = nil) {
        self.success = success
        self.message = message
    }

    /// What a server answers with 200.
    public static let saved = Answer(success: true)

    public init(_ refusal: Refusal) {
        self.init(message: refusal.message)
    }
}
