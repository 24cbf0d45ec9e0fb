import Destinations
import Timing
import WebClient

extension ProbeAnswer {
    /// Of an answer to a request that changes nothing.
    init(_ answer: UploadResponse, _ time: any TimeSource) {
        switch answer.outcome(time) {
        case .uploaded: self = .validated(expiresInSeconds: .max, scopes: [], missingScope: nil)
        case .pause(let reason):
            let isToken = answer.response.responseClass(time) == .notAuthorised
            self = .refused(isToken ? .notAuthorised : .unexpectedAnswer, description: reason)
        case .refused(let reason): self = .refused(.unexpectedAnswer, description: reason)
        case .tryLater(_, let reason): self = .unreachable(reason)
        }
    }
}
