/// The body of every answer that is not a success (docs.pulsoid.net, "Errors").
///
/// ```json
/// {"error_code": "7005", "error_message": "token_not_found"}
/// ```
public struct ErrorBody: Sendable, Hashable, Codable {
    /// The number of the error, see ``ErrorCode``. Written as a string, as documented; read as a number too, as the
    /// official client's tests have it. Nil where a server names none.
    public var errorCode: String?
    public var errorMessage: String

    public init(errorCode: String?, errorMessage: String) {
        self.errorCode = errorCode
        self.errorMessage = errorMessage
    }

    public init(_ code: ErrorCode) {
        self.init(errorCode: String(code.rawValue), errorMessage: code.message)
    }

    /// The code, where it is one of those known.
    public var knownCode: ErrorCode? { errorCode.flatMap(Int.init).flatMap(ErrorCode.init) }

    private enum CodingKeys: String, CodingKey {
        case errorCode = "error_code"
        case errorMessage = "error_message"
    }

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
