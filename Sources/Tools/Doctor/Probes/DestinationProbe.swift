import Destinations
import Glibc
import Logging
import Outbox
import ServiceManager
import Timing
import Tokens
import UploaderConfiguration
import WebClient

/// Asks the services, each once, all at the same time.
struct DestinationProbe: Sendable {
    /// For a name to be found, a connection to stand and an answer to come: a second or two where all is well.
    static let answerLimit: Duration = .seconds(10)

    /// A question to a service, shared by all destinations that use it with the same token and options.
    private struct Question: Hashable {
        let service: DestinationSection.Service
        let address: ServiceAddress?
        let token: TokenSource?
        let options: OptionValues
        /// Of the files that the options name.
        let fileProblems: [String]
    }

    let client: WebClient
    var clock: any Clock<Duration> = ContinuousClock()

    /// In the order of the targets.
    func facts(about targets: [UploadPlan.Target]) async -> [DestinationFacts] {
        var questions: [Question] = []
        var lanes: [Question: [Lane]] = [:]
        var settings: [Question: DestinationSettings] = [:]
        for target in targets {
            let question = Question(
                service: target.service, address: target.address, token: target.token,
                options: target.settings.options, fileProblems: target.service.kind.fileProblems(target.settings))
            if lanes[question] == nil {
                questions.append(question)
                settings[question] = target.settings
            }
            lanes[question, default: []].append(target.lane)
        }
        return await withTaskGroup(of: (Int, DestinationFacts).self) { group in
            for (index, question) in questions.enumerated() {
                guard let lanes = lanes[question], let settings = settings[question] else { continue }
                group.addTask { (index, await facts(question, settings, for: lanes)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func facts(
        _ question: Question, _ settings: DestinationSettings, for lanes: [Lane]
    ) async -> DestinationFacts {
        let token = question.token.map(Self.token)
        return DestinationFacts(
            lanes: lanes, address: question.address, fileProblems: question.fileProblems, source: question.token,
            token: token,
            scope: question.service.kind.tokenGuide.scope ?? "",
            answer: await answer(of: question.service.kind, settings, token))
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

    private func answer(
        of kind: any DestinationKind, _ settings: DestinationSettings, _ token: DestinationFacts.Token?
    ) async -> ProbeAnswer {
        let context = DestinationContext(client: client, logger: ProgramLog.logger(level: .warning))
        let isTokenReadable = if case .readable = token { true } else { false }
        do {
            return try await withTimeout(Self.answerLimit, clock: clock) {
                try await kind.probe(settings, isTokenReadable: isTokenReadable, context)
            }
        } catch is TimedOut {
            let name = settings.address.map { "\($0)" } ?? settings.name
            return .unreachable("\(name) did not answer within \(Self.answerLimit.components.seconds) s.")
        } catch {
            return .unreachable("\(error)")
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

    let lanes: [Lane]
    let address: ServiceAddress?
    let fileProblems: [String]
    /// Nil if the destination needs none and has none.
    let source: TokenSource?
    let token: Token?
    /// The scope that the service's tokens need.
    let scope: String
    let answer: ProbeAnswer
}
