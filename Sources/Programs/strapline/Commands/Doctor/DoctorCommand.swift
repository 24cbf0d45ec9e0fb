import ArgumentParser
import Console
import Doctor
import Files
import UploaderConfiguration
import WebClient

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find problems of this machine and of a configuration, and show how to fix them.",
        discussion: """
            Run it as the user of the uploader. It changes nothing, and takes half a minute at most. Without \
            --config it checks the machine only.

            Exits 0 if it found no problem (warnings do not count), and 69 otherwise.
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
                        remedy: "correct the file, then: strapline check --config \(path)"))
            }
        }
        var examination = DiagnosticRun()
        do throws(NetworkSection.Problem) {
            if let network = try plan?.network.settings() { examination.client = WebClient(network: network) }
        } catch {
            findings.append(Finding(.configuration, .problem, "\(error)", remedy: "correct it under `network`"))
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
