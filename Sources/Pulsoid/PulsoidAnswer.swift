import Delivery
import FoundationEssentials
import PulsoidAPI
import Timing
import WebClient

/// An answer of Pulsoid, read in its own words.
///
/// What an answer to a write means (``WebClient/AnswerMeaning`` has the part that HTTP itself decides):
///
/// | Answer | Outcome |
/// | --- | --- |
/// | 2xx, no body or any but a web page | accepted |
/// | 2xx, 400, 403, 404, … with a web page (captive portal, proxy, firewall) | try later |
/// | 400, 409, 412, 413, 415, 422 | refused, with Pulsoid's words |
/// | 401, 403 | not authorised: which scope is needed and where the token is kept |
/// | 402 (7007 `premium_required`) | not authorised: writing needs a paid plan |
/// | 404, 405, 410 | try later: the address is wrong, or the service is being replaced at this moment |
/// | 3xx | try later; not followed |
/// | 408, 425, 429, 5xx | try later, after `Retry-After` |
/// | any other status | try later: nothing says that the reading is at fault |
/// | no answer | try later |
struct PulsoidAnswer {
    private let response: WebResponse
    private let service: ServiceAddress
    private let token: AccessToken?
    private let source: TokenSource

    /// `token` is what was sent, where it is still to be had; `source` is where it is kept.
    init(_ response: WebResponse, from service: ServiceAddress, token: AccessToken?, kept source: TokenSource) {
        self.response = response
        self.service = service
        self.token = token
        self.source = source
    }

    func outcomeOfWrite(_ time: any TimeSource) -> DeliveryOutcome {
        let meaning = response.meaning(time)
        switch meaning {
        case .success: return .accepted
        case .refused: return .refused(reason: sentence(meaning))
        case .notAuthorised: return .notAuthorised(reason: notAuthorisedSentence(needing: .heartRateWrite))
        case .paymentRequired: return .notAuthorised(reason: paymentSentence)
        case .tryLater(let wait): return .tryLater(after: wait, reason: sentence(meaning))
        case .wrongAddress, .redirected, .page, .unexpected: return .tryLater(after: nil, reason: sentence(meaning))
        }
    }

    /// Says which scope is needed, and what to do. `validation` is what the service said of the token when it was asked.
    func notAuthorisedSentence(needing scope: PulsoidScope, _ validation: TokenValidation? = nil) -> String {
        let problem =
            if let validation, !validation.grants(scope) {
                "lacks the scope \(scope.rawValue); it has: \(Self.list(validation.scopes))"
            } else {
                switch errorBody?.knownCode {
                case .insufficientScope: "lacks the scope \(scope.rawValue)"
                case .tokenExpired: "has expired"
                case .tokenNotFound: "is not known there"
                default: "was not accepted: it may be wrong, expired, or without the scope \(scope.rawValue)"
                }
            }
        return withoutToken(
            "\(sentence(.notAuthorised)) The token \(problem). Get a token with the scope \(scope.rawValue) "
                + "and put it in \(source).")
    }

    private static func list(_ scopes: [String]) -> String {
        scopes.isEmpty ? "none" : WebResponse.printable(scopes.joined(separator: ", "))
    }

    /// Says what to do when no particular scope was needed.
    var notAuthorisedSentence: String {
        withoutToken(
            "\(sentence(.notAuthorised)) The token is wrong or has expired. Get a new one and put it in \(source).")
    }

    /// Says why a room stays closed: the token, or its user.
    func notAuthorisedSentence(forRoom roomID: String, _ validation: TokenValidation?) -> String {
        let isToken = response.status == 401 || errorBody?.knownCode != nil || validation?.grants(.roomRead) == false
        if isToken { return notAuthorisedSentence(needing: .roomRead, validation) }
        return withoutToken(
            "\(sentence(.notAuthorised)) The user of the token in \(source) is not a member of the room "
                + "\(WebResponse.printable(roomID)): ask its owner to add the user.")
    }

    var paymentSentence: String {
        withoutToken(
            "\(sentence(.paymentRequired)) Pulsoid asks for a paid plan: get one for this account, or a token of "
                + "an account that has one, and put it in \(source).")
    }

    /// What was answered, for a log; never the token, even where the server repeats it.
    func sentence(_ meaning: AnswerMeaning) -> String {
        guard let body = errorBody, !body.errorMessage.isEmpty else {
            return withoutToken(response.sentence(meaning, from: service))
        }
        let code = body.errorCode.map { " (\($0))" } ?? ""
        return withoutToken(
            "\(service) answered \(response.status): \"\(WebResponse.printable(body.errorMessage))\"\(code).")
    }

    private func withoutToken(_ text: String) -> String { token?.removed(from: text) ?? text }

    private var errorBody: ErrorBody? {
        try? JSONDecoder().decode(ErrorBody.self, from: Data(response.body))
    }
}
