import Delivery
import FoundationEssentials
import PulsoidAPI
import TextFormats
import Timing
import Tokens
import WebClient

/// An answer of Pulsoid, read in its own words.
///
/// docs/delivery.md lists what each answer to a write means, and its tests try each; ``WebClient/AnswerMeaning`` has the part
/// that HTTP itself decides.
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
        case .refused where isAboutTheToken:
            return .notAuthorised(reason: notAuthorisedSentence(needing: .heartRateWrite))
        case .refused where isFailureToValidate: return .tryLater(after: nil, reason: sentence(meaning))
        case .refused: return .refused(reason: sentence(meaning))
        case .notAuthorised: return .notAuthorised(reason: notAuthorisedSentence(needing: .heartRateWrite))
        case .paymentRequired: return .notAuthorised(reason: paymentSentence)
        case .tryLater(let wait): return .tryLater(after: wait, reason: sentence(meaning))
        case .wrongAddress, .redirected, .page, .unexpected: return .tryLater(after: nil, reason: sentence(meaning))
        }
    }

    /// A refusal for the sake of the token: no reading is at fault, and none is set aside for it.
    private var isAboutTheToken: Bool {
        switch errorBody?.knownCode {
        case .tokenNotFound, .tokenExpired, .insufficientScope, .authorizationHeaderMissing,
            .authorizationHeaderMalformed, .invalidScope:
            true
        default: false
        }
    }

    /// 7001 to 7004, all of them Pulsoid's own trouble with the token.
    private var isFailureToValidate: Bool {
        errorBody?.errorCode.flatMap(Int.init).map { (7001...7004).contains($0) } ?? false
    }

    /// Whether another token may be taken where this one was not: not where it lacks a scope, for a renewed one lacks it too.
    var mayBeMendedByRenewal: Bool {
        (response.status == 401 || (response.status == 403 && !response.isPage))
            && errorBody?.knownCode != .insufficientScope
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
        scopes.isEmpty ? "none" : scopes.joined(separator: ", ").printable()
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
                + "\(roomID.printable()): ask its owner to add the user.")
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
            "\(service) answered \(response.status): \"\(body.errorMessage.printable())\"\(code).")
    }

    private func withoutToken(_ text: String) -> String { token?.removed(from: text) ?? text }

    private var errorBody: ErrorBody? {
        try? JSONDecoder().decode(ErrorBody.self, from: Data(response.body))
    }
}
