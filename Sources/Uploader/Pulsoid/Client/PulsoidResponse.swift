import Delivery
import FoundationEssentials
import PulsoidAPI
import TextFormats
import Timing
import Tokens
import WebClient

/// An answer of Pulsoid, with its own message.
///
/// docs/delivery.md lists the meaning of each answer to a write, and the tests try each. ``WebClient/ResponseClass``
/// has the part that HTTP itself decides.
struct PulsoidResponse {
    private let response: WebResponse
    private let service: ServiceAddress
    private let token: AccessToken?
    private let source: TokenSource

    /// `token` was sent with the request, if it is still known; `source` is where it is kept.
    init(_ response: WebResponse, from service: ServiceAddress, token: AccessToken?, kept source: TokenSource) {
        self.response = response
        self.service = service
        self.token = token
        self.source = source
    }

    func outcomeOfWrite(_ time: any TimeSource) -> DeliveryOutcome {
        let responseClass = response.responseClass(time)
        switch responseClass {
        case .success: return .accepted
        case .refused where isAboutTheToken:
            return .pause(reason: notAuthorisedMessage(needing: .heartRateWrite))
        case .refused where isFailureToValidate: return .tryLater(after: nil, reason: message(for: responseClass))
        case .refused: return .refused(reason: message(for: responseClass))
        case .notAuthorised: return .pause(reason: notAuthorisedMessage(needing: .heartRateWrite))
        case .paymentRequired: return .pause(reason: paymentMessage)
        case .tryLater(let wait): return .tryLater(after: wait, reason: message(for: responseClass))
        case .wrongAddress, .redirected, .page, .unexpected:
            return .tryLater(after: nil, reason: message(for: responseClass))
        }
    }

    /// A rejection because of the token: no reading is at fault, and none is set aside.
    private var isAboutTheToken: Bool {
        switch errorBody?.knownCode {
        case .tokenNotFound, .tokenExpired, .insufficientScope, .authorizationHeaderMissing,
            .authorizationHeaderMalformed, .invalidScope:
            true
        default: false
        }
    }

    /// 7001 to 7004: Pulsoid itself fails to check the token.
    private var isFailureToValidate: Bool {
        errorBody?.errorCode.flatMap(Int.init).map { (7001...7004).contains($0) } ?? false
    }

    /// Whether a renewed token may be accepted. Not if a scope is missing, because a renewed token lacks it too.
    var mayBeFixedByRenewal: Bool {
        (response.status == 401 || (response.status == 403 && !response.isPage))
            && errorBody?.knownCode != .insufficientScope
    }

    /// Names the missing scope and the fix. `validation` is the service's answer about the token.
    func notAuthorisedMessage(needing scope: PulsoidScope, _ validation: TokenValidation? = nil) -> String {
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
        // A reader may have been given the uploader's token: another one in its place would end the uploads.
        let lacksScope = problem.hasPrefix("lacks")
        let remedy =
            lacksScope && scope != .heartRateWrite
            ? "It may be an uploader's, so keep it. Use another token, with the scope \(scope.rawValue)."
            : "Get a token with the scope \(scope.rawValue) and \(source.replacement)."
        return withoutToken("\(message(for: .notAuthorised)) The token \(problem). \(remedy)")
    }

    private static func list(_ scopes: [String]) -> String {
        scopes.isEmpty ? "none" : scopes.joined(separator: ", ").printable()
    }

    /// Names the fix if no particular scope was needed.
    var notAuthorisedMessage: String {
        withoutToken(
            "\(message(for: .notAuthorised)) The token is wrong or has expired. "
                + "Get a new one and \(source.replacement)."
        )
    }

    /// Names the reason why a room stays closed: the token, or its user.
    func notAuthorisedMessage(forRoom roomID: String, _ validation: TokenValidation?) -> String {
        let isToken = response.status == 401 || errorBody?.knownCode != nil || validation?.grants(.roomRead) == false
        if isToken { return notAuthorisedMessage(needing: .roomRead, validation) }
        return withoutToken(
            "\(message(for: .notAuthorised)) The user of the token in \(source) is not a member of the room "
                + "\(roomID.printable()): ask its owner to add the user.")
    }

    var paymentMessage: String {
        withoutToken(
            "\(message(for: .paymentRequired)) Pulsoid asks for a paid plan: get one for this account, or a token of "
                + "an account that has one, and \(source.replacement).")
    }

    /// The answer as a message for a log. Never shows the token, even if the server repeats it.
    func message(for responseClass: ResponseClass) -> String {
        guard let body = errorBody, !body.errorMessage.isEmpty else {
            return withoutToken(response.message(for: responseClass, from: service))
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
