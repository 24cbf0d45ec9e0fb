/// The body of an error answer of OAuth 2. A server may add the two members of ``ErrorBody``.
///
/// [RFC 6749](https://www.rfc-editor.org/rfc/rfc6749), section 5.2; [RFC 8628](https://www.rfc-editor.org/rfc/rfc8628),
/// section 3.5
public struct OAuthErrorBody: Sendable, Hashable, Codable {
    /// The error, see ``OAuthErrorCode``.
    public var error: String
    /// A text for developers.
    public var errorDescription: String?
    /// The number of ``ErrorCode``, as in ``ErrorBody``.
    public var errorCode: String?
    /// The text of ``ErrorBody``.
    public var errorMessage: String?

    /// Makes a body of the standard members.
    public init(error: String, errorDescription: String? = nil) {
        self.error = error
        self.errorDescription = errorDescription
    }

    /// Makes a body that also has the members of ``ErrorBody``.
    public init(_ code: OAuthErrorCode, description: String, errorCode: String) {
        self.init(error: code.rawValue, errorDescription: description)
        self.errorCode = errorCode
        errorMessage = description
    }

    /// The known error; nil for others.
    public var code: OAuthErrorCode? { OAuthErrorCode(rawValue: error) }

    private enum CodingKeys: String, CodingKey {
        case error
        case errorDescription = "error_description"
        case errorCode = "error_code"
        case errorMessage = "error_message"
    }
}
