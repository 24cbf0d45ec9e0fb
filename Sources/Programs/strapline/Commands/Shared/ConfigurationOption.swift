import ArgumentParser
import Console
import UploaderConfiguration

/// The configuration file, for a command that has other arguments.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration file (default: \(ConfigurationLocation.variable), else the one of setup).",
            valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var named: String?

    /// The path of the file: reports on stderr which one it is, if the command line does not name it.
    func path() throws(NoConfiguration) -> String { try Self.located(named) }

    /// The same for a command that works without a file: nil if there is none. It reports one that this user may not
    /// read.
    func optionalPath() -> String? { Self.optionallyLocated(named) }

    /// The same without a report, for a command that takes only names from it.
    func quietPath() -> String? { try? ConfigurationLocation.find(named: named).path }

    fileprivate static func optionallyLocated(_ named: String?) -> String? {
        do throws(NoConfiguration) {
            return try located(named)
        } catch {
            if error.closed != nil { StandardStream.error.print(["strapline: \(error)"]) }
            return nil
        }
    }

    fileprivate static func located(_ named: String?) throws(NoConfiguration) -> String {
        let location = try ConfigurationLocation.find(named: named)
        if let notice = location.notice { StandardStream.error.print(["strapline: \(notice)"]) }
        return location.path
    }
}

/// The configuration file, named with `--config` or without.
struct ConfigurationFileOptions: ParsableArguments {
    @OptionGroup private var option: ConfigurationOption
    @Argument(
        help: "The configuration file, in place of --config.", completion: .file(extensions: ["yaml", "yml"]))
    private var file: String?

    func validate() throws {
        if option.named != nil, file != nil { throw ValidationError("Name one configuration file, not two.") }
    }

    var named: String? { option.named ?? file }

    func path() throws(NoConfiguration) -> String { try ConfigurationOption.located(named) }
    func optionalPath() -> String? { ConfigurationOption.optionallyLocated(named) }
}

extension ConfigurationOption {
    /// Whether an argument of a command is a configuration file: a path, or a name with the ending of YAML.
    static func isFile(_ argument: String) -> Bool {
        argument.contains("/") || argument.hasSuffix(".yaml") || argument.hasSuffix(".yml")
    }

    /// The file and the other argument of a command that has one: either may stand first.
    func split(_ arguments: [String]) throws -> (file: ConfigurationOption, other: String?) {
        let files = arguments.filter(Self.isFile)
        let others = arguments.filter { !Self.isFile($0) }
        guard others.count <= 1 else { throw ValidationError("Too many arguments: \(others.joined(separator: " ")).") }
        guard files.count + (named == nil ? 0 : 1) <= 1 else {
            throw ValidationError("Name one configuration file, not two.")
        }
        var option = self
        if let file = files.first { option.named = file }
        return (option, others.first)
    }
}
