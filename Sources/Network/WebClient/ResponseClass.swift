import DateFormats
package import Timing

/// The class of an answer, before the service's own message is read: from HTTP alone, and from signs of a proxy or
/// portal on the way.
///
/// | Status | Body | Meaning |
/// | --- | --- | --- |
/// | 401 | any | ``notAuthorised`` |
/// | 413 | any | ``refused`` |
/// | 408, 425, 429, 5xx | any | ``tryLater(after:)``, the wait from `Retry-After` |
/// | 3xx | any | ``redirected(to:)``: not followed, for a token must not travel to another host |
/// | any other | a page for people | ``page``: a captive portal, a proxy or a firewall, never the service |
/// | 2xx | | ``success`` |
/// | 403 | | ``notAuthorised`` |
/// | 402 | | ``paymentRequired`` |
/// | 400, 409, 412, 415, 422 | | ``refused`` |
/// | 404, 405, 410 | | ``wrongAddress`` |
/// | any other | | ``unexpected`` |
package enum ResponseClass: Sendable, Equatable {
    case success
    /// The service rejects the request for good.
    case refused
    case notAuthorised
    case paymentRequired
    case wrongAddress
    case redirected(to: String?)
    case page
    /// Not now; after this long, where the server says so.
    case tryLater(after: Duration?)
    case unexpected
}

extension WebResponse {
    /// The class of the answer, for a service that answers in JSON or plain text. `time` gives the time for a
    /// `Retry-After` with a date, if the answer has no `Date`.
    package func responseClass(_ time: any TimeSource) -> ResponseClass {
        switch status {
        case 401: .notAuthorised
        case 413: .refused
        case 408, 425, 429, 500...599: .tryLater(after: retryAfter(time))
        case 300...399: .redirected(to: header("Location"))
        case _ where isPage: .page
        case 200...299: .success
        case 403: .notAuthorised
        case 402: .paymentRequired
        case 400, 409, 412, 415, 422: .refused
        case 404, 405, 410: .wrongAddress
        default: .unexpected
        }
    }

    /// How long the server asks to wait (RFC 9110, section 10.2.3): a number of seconds, or a date, which is compared
    /// to the answer's own `Date` so that a wrong clock here does no harm.
    package func retryAfter(_ time: any TimeSource) -> Duration? {
        guard let value = header("Retry-After") else { return nil }
        if let seconds = Int64(value), seconds >= 0 { return .seconds(min(seconds, Self.longestRetryAfterSeconds)) }
        guard let until = HTTPDate.seconds(value) else { return nil }
        let now = header("Date").flatMap(HTTPDate.seconds) ?? time.now().wallMilliseconds / 1000
        return .seconds(min(max(until - now, 0), Self.longestRetryAfterSeconds))
    }

    /// A server that asks for more than an hour is asked again after an hour: it may have meant milliseconds, and
    /// readings wait.
    package static let longestRetryAfterSeconds: Int64 = 3600
}
