import Delivery
import FoundationEssentials
import TextFormats
import Timing
import Tokens
import WebClient

/// An answer to lines, with the server's own message.
///
/// docs/delivery.md lists the meaning of each answer, and the tests try each. A rejected reading is a dead letter; a
/// database that is missing or full is a mistake that the user fixes, and no reading is at fault.
struct InfluxResponse {
    private let response: WebResponse
    private let call: InfluxCall
    private let token: AccessToken?
    private let source: TokenSource?

    /// `token` was sent with the request; `source` is where it is kept.
    init(_ response: WebResponse, to call: InfluxCall, token: AccessToken?, kept source: TokenSource?) {
        self.response = response
        self.call = call
        self.token = token
        self.source = source
    }

    func outcome(_ time: any TimeSource) -> DeliveryOutcome {
        let responseClass = response.responseClass(time)
        if let fix = fixOfTarget { return .pause(reason: "\(reason(for: responseClass)) \(fix)") }
        let reason = reason(for: responseClass)
        switch responseClass {
        case .success where response.body.isEmpty: return .accepted
        case .success:
            return .tryLater(
                after: nil, reason: "\(reason) That does not say that the readings are stored: is this InfluxDB?")
        case .refused where response.status == 415:
            return .pause(reason: "\(reason) The server takes no lines: check the address in the configuration.")
        case .refused: return .refused(reason: reason + adviceOnTypes)
        case .notAuthorised, .paymentRequired: return .pause(reason: "\(reason) \(loginAdvice)")
        case .wrongAddress: return .pause(reason: reason + adviceOnVersions)
        case .tryLater(let wait): return .tryLater(after: wait, reason: reason)
        case .redirected, .page, .unexpected: return .tryLater(after: nil, reason: reason)
        }
    }

    /// The fix of a database or bucket that is missing or full; nil for any other answer.
    private var fixOfTarget: String? {
        let text = message?.lowercased() ?? ""
        if ["max-series-per-database limit", "max-values-per-tag limit"].contains(where: text.contains) {
            return "Raise this limit in the server's configuration, or use another database."
        }
        if response.status >= 500, text.contains("retention policy not found") {
            return "Create the default retention policy of the database."
        }
        guard response.status == 404, text.contains("not found") else { return nil }
        switch call.target {
        case .database(let name) where text.contains("database"):
            return "Create the database (CREATE DATABASE \"\(name)\"), or correct `database` in the configuration."
        case .bucket where text.contains("bucket") || text.contains("org"):
            return "Create the bucket, or correct `bucket` and `org` in the configuration."
        default: return nil
        }
    }

    /// InfluxDB 1 has no call for a bucket.
    private var adviceOnVersions: String {
        if case .bucket = call.target { " InfluxDB 1 takes a `database` instead of a `bucket`." } else { "" }
    }

    private var adviceOnTypes: String {
        guard message?.contains("field type conflict") == true else { return "" }
        return " Another program has written this field as another type: choose another `measurement`, then run "
            + "strapline outbox retry."
    }

    private var loginAdvice: String {
        guard let source else { return "Give this destination a token_file with \(call.target.tokenForm)." }
        return "Check \(source), which must hold \(call.target.tokenForm), and its rights."
    }

    /// The answer as a message for a log. Never shows the token, even if the server repeats it.
    private func reason(for responseClass: ResponseClass) -> String {
        let service = call.endpoint.service
        // At a wrong address another server answers.
        let own = responseClass == .wrongAddress && fixOfTarget == nil ? nil : message
        let text =
            own.map { "\(service) answered \(response.status): \"\($0)\"." }
            ?? response.message(for: responseClass, from: service)
        return token.map { call.removed($0, from: text) } ?? text
    }

    /// The server's message, which each version has under a name of its own.
    private var message: String? {
        guard let answer = try? JSONDecoder().decode(InfluxAnswer.self, from: Data(response.body)) else { return nil }
        return (answer.error ?? answer.message)?.printable()
    }
}

private struct InfluxAnswer: Decodable {
    let error: String?
    let message: String?
}
