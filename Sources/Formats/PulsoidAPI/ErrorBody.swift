/// The body of every error answer.
///
/// ```json
/// {"error_code": "7005", "error_message": "token_not_found"}
/// ```
///
/// [Errors](https://docs.pulsoid.net/)
public struct ErrorBody: Sendable, Hashable, Codable {
    /// The number of the error, see ``ErrorCode``; nil without one. Written as a string, as documented. Read as a
    /// number too, as in the tests of the official client.
    public var errorCode: String?
    /// The text of the error.
    public var errorMessage: String

    /// Makes a body from its parts.
    public init(errorCode: String?, errorMessage: String) {
        self.errorCode = errorCode
        self.errorMessage = errorMessage
    }

    /// Makes the body of a known error.
    public init(_ code: ErrorCode) {
        self.init(errorCode: String(code.rawValue), errorMessage: code.message)
    }

    /// The code, if it is a known one.
    public var knownCode: ErrorCode? { errorCode.flatMap(Int.init).flatMap(ErrorCode.init) }

    private enum CodingKeys: String, CodingKey {
        case errorCode = "error_code"
        case errorMessage = "error_message"
    }

    /// Decodes the body. The message may be missing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let number = try? container.decode(Int.self, forKey: .errorCode) {
            errorCode = String(number)
        } else {
            errorCode = try container.decodeIfPresent(String.self, forKey: .errorCode)
        }
        errorMessage = try container.decodeIfPresent(String.self, forKey: .errorMessage) ?? ""
    }
}
