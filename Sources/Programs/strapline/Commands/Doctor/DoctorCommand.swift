import ArgumentParser
import Console
import Doctor
import UploaderConfiguration
import WebClient

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find problems of this machine and of a configuration, and show how to fix them.",
        discussion: """
            Run it as the user of the uploader. It changes nothing, and takes half a minute at most. Without a \
            configuration it checks the machine only, and says so.

            Exits 0 if it found no problem (warnings do not count), and 69 otherwise.
            """)

    @OptionGroup var file: ConfigurationFileOptions
    @Flag(help: "Print one JSON document.")
    var json = false

    private static let colours = ColumnColours(["ok": .green, "info": .dim, "warning": .yellow, "problem": .red])

    func run() async throws {
        let configuration = ConfigurationCheck(Result { () throws(NoConfiguration) in try file.path() })
        var findings = configuration.findings
        let plan = configuration.plan
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
            // A long sentence goes on below its beginning, as its remedy stands.
            let indent = diagnosis.indent
            for line in diagnosis.lines {
                let hanging = line.hasPrefix(" ") ? 2 : indent
                StandardStream.output.print([line], colours: Self.colours, hanging: hanging)
            }
        }
        if diagnosis.hasProblems { throw ExitCode.unavailable }
    }
}
