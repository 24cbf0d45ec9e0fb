import CardiogramAPI
import Glibc
import Logging
import Outbox
import Pulsoid
import PulsoidAPI
import ServiceManager
import Timing
import Tokens
import UploaderConfiguration
import WebClient

/// Asks the services, each once, all at the same time.
struct DestinationProbe: Sendable {
    /// For a name to be found, a connection to stand and an answer to come: a second or two where all is well.
    static let answerLimit: Duration = .seconds(10)

    /// A question to a service, shared by all destinations that use it with the same token.
    private struct Question: Hashable {
        let isPulsoid: Bool
        let address: ServiceAddress
        let token: TokenSource
    }

    let client: WebClient
    var clock: any Clock<Duration> = ContinuousClock()

    /// In the order of the targets.
    func facts(about targets: [UploadPlan.Target]) async -> [DestinationFacts] {
        var questions: [Question] = []
        var lanes: [Question: [Lane]] = [:]
        for target in targets {
            let question = Question(isPulsoid: target.isPulsoid, address: target.address, token: target.token)
            if lanes[question] == nil { questions.append(question) }
            lanes[question, default: []].append(target.lane)
        }
        return await withTaskGroup(of: (Int, DestinationFacts).self) { group in
            for (index, question) in questions.enumerated() {
                let lanes = lanes[question] ?? []
                group.addTask { (index, await facts(question, for: lanes)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func facts(_ question: Question, for lanes: [Lane]) async -> DestinationFacts {
        let token = Self.token(question.token)
        return DestinationFacts(
            lanes: lanes, address: question.address, source: question.token, token: token,
            answer: await answer(to: question, token))
    }

    private static func token(_ source: TokenSource) -> DestinationFacts.Token {
        if case .credential(_, let file) = source, getenv("CREDENTIALS_DIRECTORY") == nil, !mayRead(file) {
            return .inUnitOnly
        }
        do throws(TokenError) {
            _ = try source.read()
            return .readable(warning: source.warning)
        } catch {
            return .unreadable(error)
        }
    }

    private static func mayRead(_ file: String?) -> Bool {
        guard let file else { return false }
        return access(file, R_OK) == 0 || errno != EACCES
    }

    private func answer(to question: Question, _ token: DestinationFacts.Token) async -> DestinationFacts.Answer {
        do {
            return try await withTimeout(Self.answerLimit, clock: clock) {
                if case .readable = token, question.isPulsoid { return .validated(try await validate(question)) }
                // Without the token: that anybody answers is all that can be asked.
                let path = question.isPulsoid ? PulsoidPath.validateToken : CardiogramPath.beats(userID: "me")
                _ = try await client.send(to: RequestTemplate(.get, question.address, path: path))
                return .reachable
            }
        } catch let error as PulsoidError {
            return error.code == .unavailable ? .unreachable("\(error)") : .refused(error)
        } catch is TimedOut {
            return .unreachable("\(question.address) did not answer within \(Self.answerLimit.components.seconds) s.")
        } catch {
            return .unreachable("\(error)")
        }
    }

    private func validate(_ question: Question) async throws -> TokenValidation {
        try await PulsoidClient(
            service: question.address, token: question.token, client: client, logger: ProgramLog.logger(level: .warning)
        ).validateToken()
    }
}

extension UploadPlan.Target {
    fileprivate var isPulsoid: Bool {
        switch service {
        case .pulsoid: true
        case .cardiogram: false
        }
    }
}

/// The result of a probe of a service, shared by all destinations that use it with the same token.
struct DestinationFacts: Sendable {
    enum Token: Sendable, Equatable {
        /// It can be read. The warning names a defect all the same.
        case readable(warning: String?)
        case unreadable(TokenError)
        /// systemd hands it to the unit alone.
        case inUnitOnly
    }

    enum Answer: Sendable {
        /// Some answer: there is a service.
        case reachable
        /// What Pulsoid says of the token.
        case validated(TokenValidation)
        case refused(PulsoidError)
        case unreachable(String)
    }

    let lanes: [Lane]
    let address: ServiceAddress
    let source: TokenSource
    let token: Token
    let answer: Answer
}
