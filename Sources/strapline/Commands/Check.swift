import ArgumentParser
import Console

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a configuration means, and what is missing, without running anything.")

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        let explanation = PlanExplanation(try file.plan())
        for line in explanation.lines { StandardStream.output.print(line) }
        for warning in explanation.warnings { StandardStream.error.print("warning: \(warning)") }
        for problem in explanation.problems { StandardStream.error.print("problem: \(problem)") }
        if !explanation.problems.isEmpty { throw ExitCode.wrongConfiguration }
        StandardStream.output.print("All is well. Start it with: strapline run --config \(file.path)")
    }
}
