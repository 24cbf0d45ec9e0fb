import Files
import FoundationEssentials
import PulsoidAPI
package import Tokens
package import UploaderConfiguration
package import WebClient

/// Where a new token comes from, and which files it belongs into.
package struct LoginPlan {
    package struct Problem: Error, Equatable, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }

        package static let noClientID = Problem(
            description: """
                Pulsoid gives tokens to programs with a client ID, and Strapline has no client ID for all users. \
                If you have one, give it with --client-id or as services.pulsoid.client_id. Otherwise make a token at \
                \(OAuthPath.keysPage) (scope \(PulsoidScope.heartRateWrite.rawValue)) and paste it: \
                strapline login --token-stdin
                """)
    }

    /// Every hub has this client.
    private static let clientIDOfHubs = "strapline-hub"

    /// The token's files, each once.
    package let paths: [String]
    package let address: ServiceAddress
    package let oauthAddress: ServiceAddress
    package let clientID: String?
    package let network: NetworkSettings

    /// The command line takes precedence over the configuration.
    package init(
        configuration: Configuration?, strap: String? = nil, output: String? = nil, address: String? = nil,
        oauthAddress: String? = nil, clientID: String? = nil
    ) throws {
        let straps = configuration?.straps.filter { strap == nil || $0.name == strap } ?? []
        if let strap, straps.isEmpty {
            throw Problem(description: "The configuration has no strap named `\(strap)`.")
        }
        let destinations = straps.flatMap(\.destinations).filter { $0.service == .pulsoid }
        let services = configuration?.services?.pulsoid
        let addresses = Set(destinations.map { $0.address ?? services?.address ?? PulsoidPath.publicBaseURL })
        paths = try output.map { [$0] } ?? Self.paths(of: destinations, hasConfiguration: configuration != nil)
        if address == nil, addresses.count > 1 {
            throw Problem(
                description: "The destinations are at different servers: choose one with --strap or --address.")
        }
        self.address = try ServiceAddress(
            address ?? addresses.first ?? services?.address ?? PulsoidPath.publicBaseURL)
        // A hub issues tokens itself, and knows its own client.
        let isHub = TokenAdvice(self.address).isHub
        self.oauthAddress = try ServiceAddress(
            oauthAddress ?? services?.oauthAddress ?? (isHub ? "\(self.address)" : OAuthPath.publicBaseURL))
        self.clientID = clientID ?? services?.clientID ?? (isHub ? Self.clientIDOfHubs : nil)
        network = try Self.network(configuration)
    }

    /// Writes the token to stable storage, each file as a whole or not at all.
    package func write(_ token: StoredToken) throws {
        for path in paths {
            StateDirectory.makeFolder(of: path)
            try FileReplacement.replace(path, with: try token.fileText, isSecret: true)
        }
    }

    private static func paths(of destinations: [DestinationSection], hasConfiguration: Bool) throws -> [String] {
        let hasCredential = destinations.contains { $0.tokenCredential != nil }
        var paths: [String] = []
        for path in destinations.compactMap(\.tokenFile) where !paths.contains(path) { paths.append(path) }
        if paths.count > 1 {
            throw Problem(
                description:
                    "There are several token files (\(paths.joined(separator: ", "))): choose one with --strap "
                    + "or --output.")
        }
        if paths.isEmpty {
            throw Problem(
                description: hasConfiguration
                    ? Self.noTokenFile(hasCredential: hasCredential)
                    : "Where does the token belong? There is no configuration: run `strapline setup`, or give "
                        + "--output with a file.")
        }
        return paths
    }

    private static func noTokenFile(hasCredential: Bool) -> String {
        hasCredential
            ? "The tokens of this configuration are credentials of the service, and `sudo strapline setup login` "
                + "replaces them. To save a token elsewhere, name a file with --output."
            : "No destination at Pulsoid or at a hub has a token_file: give the file with --output."
    }

    private static func network(_ configuration: Configuration?) throws(Problem) -> NetworkSettings {
        do {
            return try (configuration?.network ?? NetworkSection()).settings()
        } catch {
            throw Problem(description: error.description)
        }
    }
}
