import Logging
import Outputs
import ServiceManager
import Timing
import UploaderConfiguration
import WebClient

/// Examines the outputs, all at the same time.
struct OutputProbe: Sendable {
    /// A kind limits its own probe; this is for one that does not.
    static let limit: Duration = .seconds(12)

    var clock: any Clock<Duration> = ContinuousClock()

    /// In the order of the plan.
    func facts(about plan: UploadPlan) async -> [OutputFacts] {
        let context = OutputContext(
            network: (try? plan.network.settings()) ?? NetworkSettings(), clock: clock,
            logger: ProgramLog.logger(level: .warning))
        return await withTaskGroup(of: (Int, OutputFacts).self) { group in
            for (index, output) in plan.outputs.enumerated() {
                group.addTask { (index, await facts(output, context)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func facts(_ output: UploadPlan.PlannedOutput, _ context: OutputContext) async -> OutputFacts {
        let kind = output.kind.kind
        let answer = try? await withTimeout(Self.limit, clock: clock) { await kind.probe(output.settings, context) }
        return OutputFacts(
            name: output.name, problems: kind.problems(with: output.settings),
            warnings: kind.warnings(about: output.settings),
            answer: answer
                ?? .broken("no answer within \(Self.limit.components.seconds) s", remedy: "check its address"))
    }
}

/// The result of a probe of an output.
struct OutputFacts: Sendable, Equatable {
    let name: String
    let problems: [String]
    let warnings: [String]
    let answer: OutputProbeAnswer
}
