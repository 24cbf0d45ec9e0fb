import Destinations
import Logging
import ServiceManager
import SessionUploads
import Timing
import UploaderConfiguration
import WebClient

/// Asks the places for sessions, all at the same time. Nothing is uploaded.
struct SessionUploadProbe: Sendable {
    var clock: any Clock<Duration> = ContinuousClock()

    /// In the order of the plan.
    func answers(about plan: UploadPlan) async -> [SessionUploadFacts] {
        let network = (try? plan.network.settings()) ?? NetworkSettings()
        let context = DestinationContext(
            client: WebClient(network: network), network: network, logger: ProgramLog.logger(level: .warning))
        return await withTaskGroup(of: (Int, SessionUploadFacts).self) { group in
            for (index, planned) in plan.sessions.enumerated() {
                group.addTask {
                    (index, SessionUploadFacts(planned: planned, answer: await answer(of: planned, context)))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func answer(of planned: UploadPlan.PlannedSessions, _ context: DestinationContext) async -> ProbeAnswer {
        do {
            return try await withTimeout(DestinationProbe.answerLimit, clock: clock) {
                try await planned.kind.kind.probe(planned.settings, context)
            }
        } catch is TimedOut {
            let name = planned.settings.address.map { "\($0)" } ?? planned.name
            let seconds = DestinationProbe.answerLimit.components.seconds
            return .unreachable("\(name) did not answer within \(seconds) s.")
        } catch {
            return .unreachable("\(error)")
        }
    }
}

/// The result of a probe of a place for sessions.
struct SessionUploadFacts: Sendable {
    let planned: UploadPlan.PlannedSessions
    let answer: ProbeAnswer
}
