package import BlueZ
package import Delivery
package import Destinations
import Files
import FoundationEssentials
package import LocalMetrics
package import Outbox
package import Outputs
package import SessionUploads
package import Tokens
package import WebClient

/// What a configuration means, with every default filled in.
package struct UploadPlan {
    package struct Target: Equatable {
        package let lane: Lane
        package let service: DestinationSection.Service
        package let settings: DestinationSettings
        package var backlog = BacklogPolicy()

        package var address: ServiceAddress? { settings.address }
        package var token: TokenSource? { settings.token }

        package init(
            lane: Lane, service: DestinationSection.Service, settings: DestinationSettings,
            backlog: BacklogPolicy = BacklogPolicy()
        ) {
            self.lane = lane
            self.service = service
            self.settings = settings
            self.backlog = backlog
        }
    }

    package struct PlannedOutput: Equatable, Sendable {
        package let kind: OutputSection.Kind
        package let settings: OutputSettings

        package var name: String { settings.name }
    }

    package struct PlannedSessions: Equatable, Sendable {
        package let kind: SessionDestinationSection.Kind
        package let settings: SessionDestinationSettings

        package var name: String { settings.name }
    }

    package let straps: [StrapConfiguration]
    package let targets: [Target]
    package let outputs: [PlannedOutput]
    /// Where finished sessions are uploaded to.
    package let sessions: [PlannedSessions]
    package let network: NetworkSection
    /// The values below `services:` that destinations share, by the names of ``DestinationKinds``.
    package let serviceOptions: [String: OptionValues]
    package let outboxPath: String
    package let outboxOptions: OutboxOptions
    /// Where metrics are served; nil for nowhere.
    package let metricsAddress: LoopbackAddress?
    /// The token that a reader of the metrics must have; nil where programs on this machine need none.
    package let metricsToken: TokenSource?

    package var lanes: [Lane] { targets.map(\.lane) }

    /// One sentence for each address to which secrets go without encryption.
    package let encryptionWarnings: [String]

    /// One sentence for each output that deserves a look.
    package var outputWarnings: [String] {
        outputs.flatMap { output in
            output.kind.kind.warnings(about: output.settings).map { "output \(output.name): \($0)" }
        }
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
        let runtimeFolder =
            place?.stateFolder != nil
            ? RuntimeDirectory.ofTheService
            : RuntimeDirectory.path(environment: ProcessInfo.processInfo.environment)
        outputs = (configuration.outputs ?? []).map { output in
            PlannedOutput(
                kind: output.kind,
                settings: OutputSettings(
                    name: output.outputName, strap: output.strapName(among: configuration.straps),
                    options: output.options, runtimeFolder: runtimeFolder))
        }
        sessions = try (configuration.sessions ?? []).map { section in
            try section.planned(among: configuration.straps, at: place)
        }
        encryptionWarnings = try Self.encryptionWarnings(targets)
        network = configuration.network ?? NetworkSection()
        serviceOptions = Dictionary(
            uniqueKeysWithValues: DestinationKinds.all.map { kind in
                let options = configuration.services?[kind]?.options ?? OptionValues()
                return (kind.name, options.shared(kind.serviceOptions))
            })
        outboxPath = OutboxPath(configuration, at: place).path
        outboxOptions = Self.outboxOptions(configuration)
        metricsAddress = configuration.metrics.flatMap { LoopbackAddress($0.address) }
        metricsToken = configuration.metrics?.tokenFile.map { .file(path: $0) }
    }

    private static func target(
        _ destination: DestinationSection, of strap: StrapSection, services: ServicesSection?, at place: ServiceLayout?
    ) throws -> Target {
        let kind = destination.service.kind
        let service = services?[kind]
        let address = destination.address ?? service?.address ?? kind.standardAddress
        return Target(
            lane: Lane(strap: strap.name, destination: destination.laneName), service: destination.service,
            settings: DestinationSettings(
                name: destination.laneName,
                address: try address.map { try kind.address($0) }, token: destination.tokenSource(at: place),
                device: kind.namesDevice(destination.options) ? strap.address ?? strap.deviceName : nil,
                options: destination.options,
                service: service?.options ?? OptionValues()),
            backlog: destination.backlog)
    }

    private static func encryptionWarnings(_ targets: [Target]) throws -> [String] {
        var warnings: [String] = []
        for target in targets {
            let kind = target.service.kind
            for address in try kind.addressesOfSecrets(target.settings) {
                let warning = kind.encryptionWarning(of: address, hasToken: target.token != nil)
                if let warning, !warnings.contains(warning) { warnings.append(warning) }
            }
        }
        return warnings
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

    /// At most one of the three is set: see ``ConfigurationRules``.
    func tokenSource(at place: ServiceLayout?) -> TokenSource? {
        if let tokenFile { return .file(path: tokenFile) }
        if let tokenEnvironment { return .environment(variable: tokenEnvironment) }
        return tokenCredential.map { .credential(name: $0, file: place?.file(ofCredential: $0)) }
    }
}
