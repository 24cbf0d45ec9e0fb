/// The body of an answer: `{"success": true}` (older versions: `{}`) with 200, `{"message": "…"}` with an error.
package struct Answer: Sendable, Hashable, Codable {
    package var success: Bool?
    package var message: String?

    package init(success: Bool? = nil, message: String? = nil) {
        self.success = success
        self.message = message
    }

    /// What a server answers with 200.
    package static let saved = Answer(success: true)

    package init(_ refusal: Refusal) {
        self.init(message: refusal.message)
    }
}
