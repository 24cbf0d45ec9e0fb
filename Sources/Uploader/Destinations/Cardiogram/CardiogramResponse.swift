import CardiogramAPI
import Delivery
import FoundationEssentials
import TextFormats
import Timing
import Tokens
import WebClient

/// An answer of Cardiogram, with its own message.
///
/// docs/delivery.md lists the meaning of each answer, and the tests try each. ``WebClient/ResponseClass`` has the part
/// that HTTP itself decides.
struct CardiogramResponse {
    private let response: WebResponse
    private let service: ServiceAddress
    private let token: AccessToken
    private let source: TokenSource

    /// `token` was sent with the request; `source` is where it is kept.
    init(_ response: WebResponse, from service: ServiceAddress, token: AccessToken, kept source: TokenSource) {
        self.response = response
        self.service = service
        self.token = token
        self.source = source
    }

    func outcome(_ time: any TimeSource) -> DeliveryOutcome {
        let responseClass = response.responseClass(time)
        switch responseClass {
        case .success:
            guard let answer, answer.success != false else { return .tryLater(after: nil, reason: notSavedMessage) }
            return .accepted
        case .refused where answer?.message == Refusal.userDoesNotExist.message:
            return .pause(
                reason:
                    "\(message(for: responseClass)) Check the user in the configuration: "
                    + "the token in \(source) must belong to it.")
        case .refused: return .refused(reason: message(for: responseClass))
        case .notAuthorised, .paymentRequired:
            return .pause(
                reason:
                    "\(message(for: responseClass)) "
                    + "Check that the token in \(source) has not expired and belongs to the user in the configuration.")
        case .tryLater(let wait): return .tryLater(after: wait, reason: message(for: responseClass))
        case .wrongAddress, .redirected, .page, .unexpected:
            return .tryLater(after: nil, reason: message(for: responseClass))
        }
    }

    private var notSavedMessage: String {
        "\(message(for: .unexpected)) That does not say that the beats are saved: is this Cardiogram's address?"
    }

    /// The answer as a message for a log. Never shows the token, even if the server repeats it.
    private func message(for responseClass: ResponseClass) -> String {
        guard let message = answer?.message else {
            return token.removed(from: response.message(for: responseClass, from: service))
        }
        return token.removed(
            from: "\(service) answered \(response.status): \"\(message.printable())\".")
    }

    private var answer: Answer? { try? JSONDecoder().decode(Answer.self, from: Data(response.body)) }
}
