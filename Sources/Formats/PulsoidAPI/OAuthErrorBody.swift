/// The body with which a call of OAuth 2 says no (RFC 6749, section 5.2; RFC 8628, section 3.5). The hub adds Pulsoid's two
/// members of every error, so that a client which reads either understands it.
public struct OAuthErrorBody: Sendable, Hashable, Codable {
    public var error: String
    public var errorDescription: String?
    public var errorCode: String?
    public var errorMessage: String?

    public init(error: String, errorDescription: String? = nil) {
        self.error = error
        self.errorDescription = errorDescription
    }

    public init(_ code: OAuthErrorCode, description: String, errorCode: String) {
        self.init(error: code.rawValue, errorDescription: description)
        self.errorCode = errorCode
        errorMessage = description
    }

    /// Nil for a word that a client does not tell apart from others.
    public var code: OAuthErrorCode? { OAuthErrorCode(rawValue: error) }

    private enum CodingKeys: String, CodingKey {
        case error
        case errorDescription = "error_description"
        case errorCode = "error_code"
        case errorMessage = "error_message"
    }
}
