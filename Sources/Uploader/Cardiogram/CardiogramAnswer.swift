import CardiogramAPI
import Delivery
import FoundationEssentials
import TextFormats
import Timing
import Tokens
import WebClient

/// An answer of Cardiogram, read in its own words.
///
/// docs/delivery.md lists what each answer means, and its tests try each; ``WebClient/AnswerMeaning`` has the part that HTTP
/// itself decides.
struct CardiogramAnswer {
    private let response: WebResponse
    private let service: ServiceAddress
    private let token: AccessToken
    private let source: TokenSource

    /// `token` is what was sent, `source` is where it is kept.
    init(_ response: WebResponse, from service: ServiceAddress, token: AccessToken, kept source: TokenSource) {
        self.response = response
        self.service = service
        self.token = token
        self.source = source
    }

    func outcome(_ time: any TimeSource) -> DeliveryOutcome {
        let meaning = response.meaning(time)
        switch meaning {
        case .success:
            guard let answer, answer.success != false else { return .tryLater(after: nil, reason: notSavedSentence) }
            return .accepted
        case .refused where answer?.message == Refusal.userDoesNotExist.message:
            return .notAuthorised(
                reason:
                    "\(sentence(meaning)) Check the user in the configuration: it must be the one that the token in "
                    + "\(source) belongs to.")
        case .refused: return .refused(reason: sentence(meaning))
        case .notAuthorised, .paymentRequired:
            return .notAuthorised(
                reason:
                    "\(sentence(meaning)) Check that the token in \(source) has not expired and belongs to the user "
                    + "in the configuration.")
        case .tryLater(let wait): return .tryLater(after: wait, reason: sentence(meaning))
        case .wrongAddress, .redirected, .page, .unexpected: return .tryLater(after: nil, reason: sentence(meaning))
        }
    }

    private var notSavedSentence: String {
        "\(sentence(.unexpected)) That does not say that the beats are saved: is this Cardiogram's address?"
    }

    /// What was answered, for a log; never the token, even where the server repeats it.
    private func sentence(_ meaning: AnswerMeaning) -> String {
        guard let message = answer?.message else {
            return token.removed(from: response.sentence(meaning, from: service))
        }
        return token.removed(
            from: "\(service) answered \(response.status): \"\(message.printable())\".")
    }

    private var answer: Answer? { try? JSONDecoder().decode(Answer.self, from: Data(response.body)) }
}
