import ArgumentParser
import Console
import Doctor
import Files
import UploaderConfiguration
import WebClient

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what is wrong with this machine and a configuration, and what mends it.",
        discussion: """
            Run it as the user that runs strapline. It changes nothing, and takes half a minute at most. Without a \
            configuration it looks at the machine alone.

            Ends with 0 when no problem was found, warnings or not, and with 69 when one was.
            """)

    @OptionGroup var file: OptionalConfigurationOption
    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        var findings: [Finding] = []
        var plan: UploadPlan?
        if let path = file.path {
            do {
                plan = try file.plan()
                if let warning = PrivateMode.writeWarning(path) {
                    findings.append(Finding(.configuration, .warning, warning))
                }
            } catch {
                // The machine can be examined all the same.
                findings.append(
                    Finding(
                        .configuration, .problem, "\(error)",
                        mend: "correct the file, then: strapline check --config \(path)"))
            }
        }
        var examination = DiagnosticRun()
        do throws(NetworkSection.Problem) {
            if let network = try plan?.network.settings() { examination.client = WebClient(network: network) }
        } catch {
            findings.append(Finding(.configuration, .problem, "\(error)", mend: "correct it under `network`"))
        }
        findings += await examination.findings(plan)
        let diagnosis = Diagnosis(findings: findings)
        if json {
            StandardStream.output.print(try diagnosis.json())
        } else {
            for line in diagnosis.lines { StandardStream.output.print(line) }
        }
        if diagnosis.hasProblems { throw ExitCode.unavailable }
    }
}
