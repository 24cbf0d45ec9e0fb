import Destinations
import SessionUploads
import Tokens
import UploaderConfiguration

/// The places for sessions: their keys, and whether they take uploads.
enum SessionUploadCheck {
    static func findings(_ facts: SessionUploadFacts) -> [Finding] {
        let (planned, answer) = (facts.planned, facts.answer)
        let title = "sessions to \(planned.name)"
        return token(planned, title) + problems(planned, title) + self.answer(planned, answer, title)
    }

    private static func token(_ planned: UploadPlan.PlannedSessions, _ title: String) -> [Finding] {
        guard let source = planned.settings.token else { return [] }
        do throws(TokenError) {
            _ = try source.read()
        } catch {
            return [
                Finding(.token, .problem, "\(title): \(error.source) \(error.problem).", remedy: error.advice)
            ]
        }
        return source.warning.map { [Finding(.token, .warning, "\(title): \($0).")] } ?? []
    }

    private static func problems(_ planned: UploadPlan.PlannedSessions, _ title: String) -> [Finding] {
        planned.kind.kind.problems(with: planned.settings).map { Finding(.service, .problem, "\(title): \($0)") }
    }

    private static func answer(
        _ planned: UploadPlan.PlannedSessions, _ answer: ProbeAnswer, _ title: String
    ) -> [Finding] {
        let address = planned.settings.address.map { "\($0)" }
        switch answer {
        case .reachable:
            return [Finding(.service, .ok, "\(title): \(address.map { "\($0) answers" } ?? "it can be written").")]
        case .validated:
            return [
                Finding(.service, .ok, "\(title): \(address ?? "it") answers."),
                Finding(.token, .ok, "\(title): the key is good."),
            ]
        case .refused(let refusal, let description):
            // A problem of the place itself stands there already.
            guard refusal != .wrongSetting else { return [] }
            let check: Finding.Check = refusal == .notAuthorised ? .token : .service
            return [Finding(check, .problem, "\(title): \(description)")]
        case .unreachable(let sentence):
            return [
                Finding(
                    .service, .problem, "\(title): \(sentence)",
                    remedy: address.map { "check the network and the address: curl -sSo /dev/null \($0)" })
            ]
        }
    }
}
