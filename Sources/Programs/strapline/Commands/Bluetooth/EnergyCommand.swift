import ArgumentParser
import BlueZ
import Console
import Logging
import ServiceManager
import Setup
import UploaderConfiguration

struct EnergyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "energy",
        abstract: "Reset the energy that a strap counts.", subcommands: [EnergyResetCommand.self])
}

struct EnergyResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Reset the energy expended of a strap to 0.",
        discussion: """
            The strap must be connected to this machine, as it is while `strapline run` receives its readings. This \
            command opens no connection, and the uploader continues.
            """)

    @OptionGroup var file: ConfigurationOption
    @Argument(help: ArgumentHelp("The strap's name; optional if there is only one.", valueName: "strap"))
    var arguments: [String] = []

    func validate() throws { _ = try file.split(arguments) }

    func run() async throws {
        let (file, name) = try self.file.split(arguments)
        let configuration = try ConfigurationFile.read(file.path())
        let strap = try Self.choose(name, among: try UploadPlan(configuration).straps)
        let bluetooth = Bluetooth(adapter: strap.adapter, logger: ProgramLog.logger(level: .warning))
        do {
            let device = try await bluetooth.resetEnergyExpended(of: strap.selector)
            StandardStream.output.print("\(strap.name) counts its energy from 0 again: \(device.title).")
        } catch {
            let isDenied = if case .machine(.busAccessDenied) = error { true } else { false }
            throw CommandError(
                "\(strap.name): \(error.message(StrapAdvice.command))", isDenied ? .notPermitted : .unavailable)
        }
    }

    static func choose(_ name: String?, among straps: [StrapConfiguration]) throws -> StrapConfiguration {
        let names = straps.map(\.name).joined(separator: ", ")
        guard let name else {
            guard let only = straps.first, straps.count == 1 else { throw ValidationError("Name one of: \(names).") }
            return only
        }
        guard let strap = straps.first(where: { $0.name == name }) else {
            throw ValidationError("There is no strap `\(name)` in the configuration; there is: \(names).")
        }
        return strap
    }
}
