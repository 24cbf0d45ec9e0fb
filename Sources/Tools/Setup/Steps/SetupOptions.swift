package import ArgumentParser
import BlueZ
import Destinations
import FoundationEssentials
import TextFormats
package import UploaderConfiguration
import WebClient

/// The answers of a setup that the command line gives in advance.
package struct SetupOptions: ParsableArguments {
    @Option(
        name: .customLong("strap"),
        help: ArgumentHelp(
            "A strap to add: your name for it, its address, and perhaps ,token=FILE. Repeatable.",
            valueName: "name=address"))
    package var straps: [NamedStrap] = []
    @Option(
        help: ArgumentHelp(
            "Add the straps of a CSV file with the columns name and strap (an address or a device name), as "
                + "`strapline-hub roster import` reads it.", valueName: "file"), completion: .file(extensions: ["csv"]))
    package var roster: String?
    @Option(
        help: ArgumentHelp(
            "The folder with the token of each person of --roster, as anna.token.", valueName: "folder"),
        completion: .directory)
    package var tokens: String?
    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The destination of the readings. Repeatable.", valueName: "service"))
    package var to: [ServiceArgument] = []
    @Option(
        name: .customLong("output"),
        help: ArgumentHelp(
            "An output to add, perhaps with its address or path. Repeatable.", valueName: "kind[=value]"))
    package var outputs: [OutputArgument] = []
    @Option(
        help: ArgumentHelp(
            "Where finished sessions go, with the file of the key, the folder or the address. Repeatable.",
            valueName: "service[=value]"))
    package var sessions: [SessionArgument] = []
    @Option(help: ArgumentHelp("The address of your own hub, instead of the service.", valueName: "url"))
    package var hub: String?
    @Option(
        help: ArgumentHelp(
            "The file of the token, existing or new. The packaged service gets a copy if it may not read it.",
            valueName: "path"), completion: .file())
    package var tokenFile: String?
    @Flag(help: "Read the token from stdin.") package var tokenStdin = false
    @Flag(help: "All straps are worn by one person, and share the token.") package var samePerson = false
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "An option of the destination, such as body or headers_file of http. Repeatable.", valueName: "key=value"))
    package var settings: [NamedSetting] = []
    @Option(name: .customLong("user-id"), help: "The user ID at Cardiogram.") package var userID: String?
    @Option(
        name: .customLong("client-id"),
        help: "Your client ID from Pulsoid, to confirm a code on your phone.")
    package var clientID: String?
    @Flag(name: [.long, .customShort("y")], help: "Do not prompt; use defaults.") package
        var yes = false
    @Option(help: ArgumentHelp("How long to wait for the first readings.", valueName: "seconds")) package var wait =
        120.0

    package init() {}

    /// The services of `--to`.
    package var services: [DestinationSection.Service] { to.map(\.service) }

    /// The uploader may be started in another folder.
    package var tokenPath: String? { tokenFile.map { URL(filePath: $0).standardizedFileURL.path } }

    /// The value of an option of a service that is given on the command line.
    func value(of key: String) -> String? {
        guard let text = settings.last(where: { $0.key == key })?.value else { return key == "user_id" ? userID : nil }
        // The uploader may be started in another folder.
        return key.hasSuffix("_file") ? URL(filePath: text).standardizedFileURL.path : text
    }

    /// The address of the hub, with the scheme and port that people leave out.
    package var hubAddress: String? { hub.map(HubAddressQuestion.completed) }

    package func validate() throws {
        if let hubAddress {
            // An address must suit every service that it is for.
            for kind in services.isEmpty ? [DestinationKinds.pulsoid] : services.map(\.kind) {
                do throws(ServiceAddressError) { _ = try kind.address(hubAddress) } catch {
                    throw ValidationError("\(error)")
                }
            }
        }
        let sharing = straps.filter { $0.tokenFile == nil }.map(\.name)
        if sharing.count > 1, tokenFile != nil || tokenStdin, !samePerson {
            throw ValidationError(
                "One token for \(sharing.joined(separator: " and ")) would make them one person. Give each a token: "
                    + "--strap \(sharing[0])=ADDRESS,token=FILE. If one person wears them all, add --same-person.")
        }
        if (roster == nil) != (tokens == nil) { throw ValidationError("Give both --roster and --tokens.") }
        try validateSettings()
        if !(wait > 0 && wait <= 86_400) { throw ValidationError("--wait must be above 0, and at most a day.") }
        for kind in services.map(\.kind) where yes {
            if kind.needsAddress, hub == nil {
                throw ValidationError("\(kind.title) needs an address: give it with --hub.")
            }
            for option in kind.options where option.isRequired && value(of: option.key) == nil {
                let name = option.key.split(separator: "_").joined(separator: "-")
                throw ValidationError("\(kind.title) needs --\(name).")
            }
        }
        if Set(straps.map(\.name)).count < straps.count { throw ValidationError("Two --strap have the same name.") }
    }

    /// The kinds of the destinations that the command line chooses, or the default one.
    private var kinds: [any DestinationKind] { services.isEmpty ? [DestinationKinds.pulsoid] : services.map(\.kind) }

    private func validateSettings() throws {
        for setting in settings where !kinds.contains(where: { $0.options.contains { $0.key == setting.key } }) {
            let known = kinds.flatMap(\.options).map(\.key)
            let near = Spelling.suggestion(for: setting.key, among: known).map { " Did you mean `\($0)`?" } ?? ""
            let titles = kinds.map(\.title).joined(separator: " or ")
            throw ValidationError("`\(setting.key)` is not an option of \(titles).\(near)")
        }
        for kind in kinds {
            var values = OptionValues()
            for option in kind.options {
                guard let text = value(of: option.key) else { continue }
                guard let value = option.value(of: text) else {
                    throw ValidationError("`\(option.key)` must be a number, not `\(text)`.")
                }
                if let problem = option.problem(with: value) { throw ValidationError("\(problem).") }
                values[option.key] = value
            }
            // The missing ones are asked for.
            guard yes || !values.keys.isEmpty else { continue }
            if let mistake = kind.furtherMistake(in: values) { throw ValidationError("\(mistake.message).") }
        }
    }
}

/// An option of a destination on the command line: `body={"bpm": {heart_rate}}`.
package struct NamedSetting: Equatable, ExpressibleByArgument {
    let key: String
    let value: String

    package init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        key = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}

/// A service on the command line. A conformance of the configuration's own type crashes Swift 6.2.
package struct ServiceArgument: ExpressibleByArgument, Sendable {
    package static var allValueStrings: [String] { DestinationSection.Service.allCases.map(\.rawValue) }

    let service: DestinationSection.Service

    package init?(argument: String) {
        guard let service = DestinationSection.Service(rawValue: argument.lowercased()) else { return nil }
        self.service = service
    }
}

/// A strap on the command line: `anna=C4:11:22:33:44:55`, or `anna=C4:11:22:33:44:55,token=anna.token`.
package struct NamedStrap: Equatable, ExpressibleByArgument {
    package let name: String
    /// The address may be a private one. A device name comes from a roster only.
    package let identity: StableIdentity
    /// The file of its token, from the root.
    package let tokenFile: String?

    package init?(argument: String) {
        let parts = argument.split(separator: ",token=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let strap = parts.first, let equals = strap.lastIndex(of: "="), equals > strap.startIndex,
            let address = BluetoothAddress(String(strap[strap.index(after: equals)...])), parts.last?.isEmpty == false
        else { return nil }
        name = String(strap[..<equals])
        identity = .address(address)
        // The uploader may be started in another folder.
        tokenFile = parts.count < 2 ? nil : URL(filePath: String(parts[1])).standardizedFileURL.path
    }

    init(name: String, identity: StableIdentity, tokenFile: String?) {
        self.name = name
        self.identity = identity
        self.tokenFile = tokenFile
    }
}

/// What `strapline setup` does, in this order; each by itself where it is named.
package enum SetupStep: String, CaseIterable, ExpressibleByArgument {
    /// Looks at the machine.
    case doctor
    /// Finds a strap, asks where its readings go, and writes both into the configuration.
    case pair
    /// Replaces the token of a destination that is in the configuration.
    case login
    /// Asks where else the heart rate is shown, and writes that into the configuration.
    case outputs
    /// Asks where finished sessions are uploaded to, and writes that into the configuration.
    case sessions
    /// Lets systemd start the uploader, now and at each boot.
    case service
    /// Waits for the first readings.
    case watch

    /// Without a word of which: `login` is part of `pair`.
    package static let defaults: [SetupStep] = [.doctor, .pair, .service, .watch]
    /// The steps for a script: no step waits for a user who wears a strap.
    package static let unattended: [SetupStep] = [.pair, .service]

    /// The steps without a word of which: `outputs` and `sessions` only if the command line names one.
    package static func steps(_ options: SetupOptions) -> [SetupStep] {
        let steps = options.yes ? unattended : defaults
        let named: [SetupStep] =
            (options.outputs.isEmpty ? [] : [.outputs]) + (options.sessions.isEmpty ? [] : [.sessions])
        return steps.flatMap { $0 == .pair ? [.pair] + named : [$0] }
    }
}
