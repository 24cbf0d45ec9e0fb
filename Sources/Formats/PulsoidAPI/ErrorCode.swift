/// Pulsoid's numbers for what went wrong.
///
/// The documentation exists in two generations: the pages of the calls answer a bad token with 401, an older table of
/// errors with 403. ``httpStatus`` follows the pages of the calls; a client treats 401 and 403 alike.
public enum ErrorCode: Int, Sendable, Hashable, CaseIterable {
    case unexpectedServerError = 6001
    case tokenValidationFailed = 7001
    case tokenNotFound = 7005
    case tokenExpired = 7006
    case premiumRequired = 7007
    case insufficientScope = 7008
    case authorizationHeaderMissing = 7009
    case authorizationHeaderMalformed = 7010
    case invalidScope = 7011

    /// The status that a server answers with.
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

    /// The `error_message` that goes with it.
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
