import Files
import FoundationEssentials
import Glibc

/// Which configuration file a command means.
///
/// The first of: the one that the command line names, `STRAPLINE_CONFIG`, the packaged service's and the user's own.
/// Root looks for the service's first, another user for their own: so does `strapline setup`.
package struct ConfigurationLocation: Equatable {
    package enum Origin: Equatable {
        case commandLine, environment, found
    }

    /// The variable that names the file.
    package static let variable = "STRAPLINE_CONFIG"

    package let path: String
    package let origin: Origin

    /// Reports a file that the command line does not name; nil if it does.
    package var notice: String? {
        switch origin {
        case .commandLine: nil
        case .environment: "using \(path) (\(Self.variable))"
        case .found: "using \(path)"
        }
    }

    /// Finds the file. `look` examines a candidate: the files of this machine by default.
    package static func find(
        named path: String?, environment: [String: String] = ProcessInfo.processInfo.environment,
        isRoot: Bool = geteuid() == 0, look: (String) -> FileState = FileState.init(of:)
    ) throws(NoConfiguration) -> ConfigurationLocation {
        if let path { return ConfigurationLocation(path: path, origin: .commandLine) }
        if let path = Self.named(in: environment) {
            return ConfigurationLocation(path: path, origin: .environment)
        }
        let candidates = Self.candidates(home: HomeFolder.path(environment: environment), isRoot: isRoot)
        if let path = candidates.first(where: { look($0) == .readable }) {
            return ConfigurationLocation(path: path, origin: .found)
        }
        throw NoConfiguration(candidates: candidates, closed: candidates.first { look($0) == .closed })
    }

    /// The file that `STRAPLINE_CONFIG` names; nil if it names none.
    package static func named(
        in environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where a setup puts the file, in the order in which it is looked for.
    static func candidates(home: String, isRoot: Bool) -> [String] {
        let own = home + "/.config/strapline/strapline.yaml"
        return isRoot ? [ServiceLayout.serviceConfiguration, own] : [own, ServiceLayout.serviceConfiguration]
    }

    package enum FileState {
        case missing, readable
        /// It may be there, but this user may not read it.
        case closed

        package init(of path: String) {
            self = access(path, R_OK) == 0 ? .readable : errno == EACCES ? .closed : .missing
        }
    }
}

/// No configuration file is named, and none is where a setup puts it.
package struct NoConfiguration: Error, Equatable, CustomStringConvertible {
    package let candidates: [String]
    /// One that this user may not read.
    package let closed: String?

    package var description: String {
        if let closed {
            return "this user may not read \(closed): use sudo, or name another file with --config"
        }
        return "there is no configuration: looked for \(candidates.joined(separator: " and ")). "
            + "Make one with `strapline setup`, or name a file with --config or \(ConfigurationLocation.variable)"
    }
}
