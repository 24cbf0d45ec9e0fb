package import BlueZ
package import Delivery
import Destinations
import Files
import FoundationEssentials
package import LocalMetrics
package import Outbox
import Pulsoid
import PulsoidAPI
package import Tokens
package import WebClient

/// What a configuration means, with every default filled in.
package struct UploadPlan {
    package struct Target: Equatable {
        package enum Service: Equatable {
            /// Requests in any second; nil for no limit.
            case pulsoid(requestsPerSecond: Double?)
            case cardiogram(userID: String, batchBeats: Int, linger: Duration)
        }

        package let lane: Lane
        package let service: Service
        package let address: ServiceAddress
        package let token: TokenSource
        package var backlog = BacklogPolicy()

        package init(
            lane: Lane, service: Service, address: ServiceAddress, token: TokenSource,
            backlog: BacklogPolicy = BacklogPolicy()
        ) {
            self.lane = lane
            self.service = service
            self.address = address
            self.token = token
            self.backlog = backlog
        }
    }

    package let straps: [StrapConfiguration]
    package let targets: [Target]
    package let network: NetworkSection
    /// Where Pulsoid's tokens are renewed, and for which program where their file names none.
    package let oauthAddress: ServiceAddress
    package let clientID: String?
    package let outboxPath: String
    package let outboxOptions: OutboxOptions
    /// Where metrics are served; nil for nowhere.
    package let metricsAddress: LoopbackAddress?
    /// The token that a reader of the metrics must have; nil where programs on this machine need none.
    package let metricsToken: TokenSource?

    package var lanes: [Lane] { targets.map(\.lane) }

    /// One sentence for each address to which tokens go without encryption.
    package var encryptionWarnings: [String] {
        var addresses = targets.map(\.address)
        if clientID != nil { addresses.append(oauthAddress) }
        var warnings: [String] = []
        for warning in addresses.compactMap(\.encryptionWarning) where !warnings.contains(warning) {
            warnings.append(warning)
        }
        return warnings
    }

    /// The plan of the packaged service, resolved from outside its unit.
    ///
    /// - Throws: ``ConfigurationError``, `ServiceAddressError`.
    package init(ofServiceAt path: String) throws {
        try self.init(ConfigurationFile.read(path), at: ServiceLayout(configuration: path))
    }

    /// Takes a configuration that follows the ``ConfigurationRules``. Outside the unit of the service, `place` says
    /// where its tokens and its outbox are.
    package init(_ configuration: Configuration, at place: ServiceLayout? = nil) throws {
        straps = configuration.straps.map { strap in
            StrapConfiguration(
                name: strap.name, selector: strap.selector,
                adapter: (strap.adapter ?? configuration.bluetooth?.adapter).flatMap(BluetoothAddress.init),
                mode: strap.strapMode, renewsBond: strap.renewBond ?? false)
        }
        targets = try configuration.straps.flatMap { strap in
            try strap.destinations.map { destination in
                try Self.target(destination, of: strap, services: configuration.services, at: place)
            }
        }
        network = configuration.network ?? NetworkSection()
        oauthAddress = try ServiceAddress(configuration.services?.pulsoid?.oauthAddress ?? OAuthPath.publicBaseURL)
        clientID = configuration.services?.pulsoid?.clientID
        outboxPath =
            configuration.outbox?.path
            ?? (place?.stateFolder ?? StateDirectory.path(environment: ProcessInfo.processInfo.environment))
            + "/outbox.sqlite"
        outboxOptions = Self.outboxOptions(configuration)
        metricsAddress = configuration.metrics.flatMap { LoopbackAddress($0.address) }
        metricsToken = configuration.metrics?.tokenFile.map { .file(path: $0) }
    }

    private static func target(
        _ destination: DestinationSection, of strap: StrapSection, services: ServicesSection?, at place: ServiceLayout?
    ) throws -> Target {
        let address: String
        let service: Target.Service
        switch destination.service {
        case .pulsoid:
            let limit = services?.pulsoid?.requestsPerSecond ?? PulsoidDestination.publicRequestsPerSecond
            address = destination.address ?? services?.pulsoid?.address ?? "https://dev.pulsoid.net"
            service = .pulsoid(requestsPerSecond: limit == 0 ? nil : limit)
        case .cardiogram:
            address = destination.address ?? services?.cardiogram?.address ?? "https://cardiogr.am"
            service = .cardiogram(
                userID: destination.userID ?? "",
                batchBeats: destination.batchBeats ?? CardiogramDestination.beatsPerRequest,
                linger: destination.batchSeconds.map { .seconds($0) } ?? CardiogramDestination.linger)
        }
        return Target(
            lane: Lane(strap: strap.name, destination: destination.laneName), service: service,
            address: try ServiceAddress(address), token: destination.tokenSource(at: place),
            backlog: destination.backlog)
    }

    private static func outboxOptions(_ configuration: Configuration) -> OutboxOptions {
        var options = OutboxOptions()
        switch configuration.outbox?.durability {
        case .powerLoss, nil: options.durability = .powerLoss
        case .processCrash: options.durability = .processCrash
        }
        if let days = configuration.outbox?.retentionDays { options.retention = .seconds(days * 86_400) }
        if let seconds = configuration.clock?.waitSeconds { options.clockWait = .seconds(seconds) }
        return options
    }
}

extension StrapSection {
    package var selector: StrapSelector {
        if let address = address.flatMap(BluetoothAddress.init) { return .address(address) }
        return deviceName.map(StrapSelector.name) ?? .first
    }

    fileprivate var strapMode: StrapMode {
        switch mode {
        case .connect, nil: .connect
        case .broadcast: .broadcast
        }
    }
}

extension DestinationSection {
    package var backlog: BacklogPolicy {
        let policyOrder: BacklogPolicy.Order =
            switch order {
            case .inOrder, nil: .inOrder
            case .newestFirst: .newestFirst
            }
        return BacklogPolicy(order: policyOrder, maximumAge: maximumAgeSeconds.map { .seconds($0) })
    }

    /// One of the three is set: see ``ConfigurationRules``.
    func tokenSource(at place: ServiceLayout?) -> TokenSource {
        if let tokenFile { return .file(path: tokenFile) }
        if let tokenEnvironment { return .environment(variable: tokenEnvironment) }
        let name = tokenCredential ?? ""
        return .credential(name: name, file: place?.file(ofCredential: name))
    }
}
