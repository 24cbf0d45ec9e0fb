package import ArgumentParser
import Files

/// `--database=~/hub.sqlite`: a shell leaves the `~` there, and the path would begin with a folder of that name.
package enum HomeArguments {
    /// The arguments with whole paths. `home` is the folder of the user, if it is known.
    package static func resolved(_ arguments: [String], home: String?) -> [String] {
        guard let home, home.hasPrefix("/") else { return arguments }
        return arguments.map { argument in
            guard let path = argument.firstRange(of: "=~/"), argument.hasPrefix("--") else { return argument }
            // The first "=" ends the name of the option; a later one is a part of the value.
            guard argument.firstIndex(of: "=") == path.lowerBound else { return argument }
            return "\(argument[..<path.lowerBound])=\(home)/\(argument[path.upperBound...])"
        }
    }
}

extension ParsableCommand {
    /// The command of the command line, with the paths in the user's home.
    package static func parseCommandLine() throws -> any ParsableCommand {
        let arguments = Array(CommandLine.arguments.dropFirst())
        return try parseAsRoot(HomeArguments.resolved(arguments, home: HomeFolder.path()))
    }
}
