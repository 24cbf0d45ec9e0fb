/// The numbers of Pulsoid's errors.
///
/// The documentation has two generations: the pages of the calls answer a bad token with 401, an older table with 403.
/// ``httpStatus`` follows the pages of the calls. A client treats 401 and 403 alike.
public enum ErrorCode: Int, Sendable, Hashable, CaseIterable {
    /// An error of the server.
    case unexpectedServerError = 6001
    /// The server failed to check the token.
    case tokenValidationFailed = 7001
    /// The token does not exist.
    case tokenNotFound = 7005
    /// The token has expired.
    case tokenExpired = 7006
    /// The call is for paying users only.
    case premiumRequired = 7007
    /// The token lacks a scope.
    case insufficientScope = 7008
    /// The request has no `Authorization`.
    case authorizationHeaderMissing = 7009
    /// The header `Authorization` is malformed.
    case authorizationHeaderMalformed = 7010
    /// A requested scope does not exist.
    case invalidScope = 7011

    /// The HTTP status of the answer.
    public var httpStatus: Int {
        switch self {
        case .unexpectedServerError, .tokenValidationFailed: 500
        case .tokenNotFound, .tokenExpired, .insufficientScope, .authorizationHeaderMissing,
            .authorizationHeaderMalformed:
            401
        case .premiumRequired: 402
        case .invalidScope: 400
        }
    }

    /// The `error_message` of the answer.
    public var message: String {
        switch self {
        case .unexpectedServerError: "unexpected_server_error"
        case .tokenValidationFailed: "error while validating token"
        case .tokenNotFound: "token_not_found"
        case .tokenExpired: "token_expired"
        case .premiumRequired: "premium_required"
        case .insufficientScope: "insufficient_scope"
        case .authorizationHeaderMissing: "authorization header not present"
        case .authorizationHeaderMalformed: "authorization header has wrong format"
        case .invalidScope: "invalid_scope"
        }
    }
}
