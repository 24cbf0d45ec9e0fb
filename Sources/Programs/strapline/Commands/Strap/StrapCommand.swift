import ArgumentParser
import Console
import Files
import FoundationEssentials
import Outbox
import Setup
import UploaderConfiguration

struct StrapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strap", abstract: "List, rename and remove the straps of the configuration.",
        subcommands: [StrapListCommand.self, StrapRenameCommand.self, StrapRemoveCommand.self])
}

struct StrapListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the straps of the configuration.",
        discussion: "`strapline setup pair` adds a strap.")

    @OptionGroup var file: ConfigurationFileOptions
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() async throws {
        let configuration = try ConfigurationFile.read(try file.path())
        if json {
            for strap in configuration.straps { StandardStream.output.print(try Record(strap).jsonLine()) }
        } else {
            let titles = ["STRAP", "DEVICE", "MODE", "DESTINATIONS"]
            let rows = configuration.straps.map { strap in
                [
                    strap.name, strap.address ?? strap.deviceName ?? "the first found",
                    (strap.mode ?? .connect).rawValue, strap.destinations.map(\.laneName).joined(separator: ", "),
                ]
            }
            StandardStream.output.print(TextTable.lines(of: [titles] + rows))
        }
    }

    private struct Record: Encodable {
        let name: String
        let address: String?
        let deviceName: String?
        let mode: String
        let destinations: [String]

        init(_ strap: StrapSection) {
            name = strap.name
            address = strap.address
            deviceName = strap.deviceName
            mode = (strap.mode ?? .connect).rawValue
            destinations = strap.destinations.map(\.laneName)
        }

        enum CodingKeys: String, CodingKey {
            case name, address, mode, destinations
            case deviceName = "device_name"
        }
    }
}

struct StrapRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give a strap another name.",
        discussion: """
            Readings are kept and sent under the name that the strap had. Rename a strap when none of its readings \
            waits: an uploader sends no reading of a strap that is not in the configuration. Outputs and session \
            uploads of the strap take the new name.

              strapline strap rename anna "Anna Karenina"
            """)

    @OptionGroup var file: ConfigurationOption
    @Argument(help: "The strap's name.") var name: String
    @Argument(help: "Its new name.") var newName: String
    @Flag(name: [.long, .customShort("y")], help: "Do not ask, even if readings wait.") var yes = false

    func validate() throws {
        if newName.allSatisfy(\.isWhitespace) { throw ValidationError("The new name is empty.") }
    }

    func run() async throws {
        let file = try StrapFile(try file.path())
        let text = try StrapEdit.renaming(name, to: newName, in: file.text, path: file.path)
        try await file.confirm("Rename \(name) to \(newName)?", of: name, isConfirmed: yes, alwaysAsks: false)
        try file.write(text)
        StandardStream.output.print(["\(name) is \(newName) now. \(StrapFile.nextStep)"])
    }
}

struct StrapRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a strap from the configuration.",
        discussion: """
            Its token file and its received readings stay: `strapline export --strap NAME` still has them. \
            `strapline forget` also removes the bond with the device.
            """)

    @OptionGroup var file: ConfigurationOption
    @Argument(help: "The strap's name.") var name: String
    @Flag(name: [.long, .customShort("y")], help: "Do not ask.") var yes = false

    func run() async throws {
        let file = try StrapFile(try file.path())
        let text = try StrapEdit.removing(name, from: file.text, path: file.path)
        try await file.confirm("Remove \(name)?", of: name, isConfirmed: yes, alwaysAsks: true)
        try file.write(text)
        StandardStream.output.print(["\(name) is not in \(file.path) any more. \(StrapFile.nextStep)"])
    }
}

/// A configuration file that loses or renames a strap.
private struct StrapFile {
    static let nextStep = "A running uploader takes it over with `sudo systemctl reload strapline` or SIGHUP."

    let path: String
    let text: String

    init(_ path: String) throws(ConfigurationError) {
        // A mistake in the file is reported first.
        _ = try ConfigurationFile.read(path)
        self.path = path
        text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    func write(_ text: String) throws { try FileReplacement.replace(path, with: text) }

    /// Asks, with the number of readings that would not be sent any more.
    func confirm(_ question: String, of strap: String, isConfirmed: Bool, alwaysAsks: Bool) async throws {
        let waiting = await waitingReadings(of: strap)
        guard !isConfirmed, alwaysAsks || waiting > 0 else { return }
        let loss = waiting == 0 ? "" : "\(waiting) reading\(waiting == 1 ? "" : "s") of \(strap) would not be sent. "
        let terminal = StandardTerminal()
        guard terminal.isInteractive else {
            throw CommandError("\(loss)\(question) Confirm with --yes", .validationFailure)
        }
        let questions = SetupQuestions(
            terminal: InterruptibleTerminal(terminal: terminal), isUnattended: false)
        guard try await questions.confirm(loss + question, defaultAnswer: false) else {
            throw CommandError("nothing was changed", .failure)
        }
    }

    /// As far as the outbox can be read: it may not be there yet.
    private func waitingReadings(of strap: String) async -> Int64 {
        guard let plan = try? UploadPlan(ofServiceAt: path), let reader = try? OutboxReader(path: plan.outboxPath),
            let statistics = try? await reader.statistics()
        else { return 0 }
        return statistics.lanes.filter { $0.lane.strap == strap }.reduce(0) { $0 + Int64($1.waiting) }
    }
}
