import ArgumentParser
import BlueZ
import Console
import Files
import Setup
import UploaderConfiguration

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Explain a configuration and list its problems, without running it.")

    @OptionGroup var file: ConfigurationFileOptions

    func run() async throws {
        let path = try file.path()
        let explanation = PlanDescription(try UploadPlan(ofServiceAt: path), advice: StrapAdvice.command)
        StandardStream.output.print(explanation.lines, hanging: 4)
        let warnings = explanation.warnings + [PrivateMode.writeWarning(path)].compactMap(\.self)
        for warning in warnings { StandardStream.error.print(["warning: \(warning)"]) }
        for problem in explanation.problems { StandardStream.error.print(["problem: \(problem)"]) }
        if !explanation.problems.isEmpty { throw ExitCode.wrongConfiguration }
        let summary = warnings.isEmpty ? "All is well." : "Nothing is missing."
        let advice = await UploaderStart.advice(for: path)
        StandardStream.output.print("\(summary) \(advice)")
    }
}
