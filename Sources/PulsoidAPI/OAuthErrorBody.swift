/// The body of a refusal of OAuth 2: the standard's two members, and beside them Pulsoid's two of every error, so that a
/// client which reads either understands it.
public struct OAuthErrorBody: Sendable, Hashable, Codable {
    public var error: String
    public var errorDescription: String
    public var errorCode: String
    public var errorMessage: String

    public init(_ code: OAuthErrorCode, description: String, errorCode: String) {
        error = code.rawValue
        errorDescription = description
        self.errorCode = errorCode
        errorMessage = description
    }

    private enum CodingKeys: String, CodingKey {
        case error
        case errorDescription = "error_description"
        case errorCode = "error_code"
        case errorMessage = "error_message"
    }
}
