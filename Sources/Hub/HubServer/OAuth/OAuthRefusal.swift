import HTTPTypes
import PulsoidAPI

/// An error of OAuth.
struct OAuthRefusal: Error, Sendable, Hashable {
    let code: OAuthErrorCode
    let description: String
    var status = HTTPResponse.Status.badRequest
    var fields: HTTPFields = [:]

    init(_ code: OAuthErrorCode, _ description: String) {
        self.code = code
        self.description = description
        if code == .invalidClient {
            status = .unauthorized
            fields[.wwwAuthenticate] = "Basic realm=\"strapline-hub\""
        }
    }

    /// 429: the same request may succeed later.
    static func tooSoon(_ description: String, seconds: Int64) -> OAuthRefusal {
        var refusal = OAuthRefusal(.slowDown, description)
        refusal.status = .tooManyRequests
        refusal.fields[.retryAfter] = String(seconds)
        return refusal
    }

    /// Caches must not store it (RFC 6749, 5.2).
    var response: HubResponse {
        var fields = fields
        fields[.cacheControl] = "no-store"
        let errorCode = code == .invalidScope ? String(ErrorCode.invalidScope.rawValue) : String(status.code)
        return .json(
            OAuthErrorBody(code, description: description, errorCode: errorCode), status: status, fields: fields)
    }
}
