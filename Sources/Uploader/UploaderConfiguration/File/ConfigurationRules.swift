import BlueZ
import Destinations
import LocalMetrics
import TextFormats
import WebClient

/// What a configuration must hold beyond its shape: the rules that are broken, and where.
struct ConfigurationRules {
    struct Mistake: Equatable {
        /// The way to the value from the top of the file.
        var place: [Step]
        var message: String
        var basis = Basis.section
        /// The key of a list or section that must be complete; otherwise another mistake may explain this one.
        var presumedPart: String?
        /// The items of the same list that have what this one must not have too, if only by their kind.
        var twins: [Int] = []
    }

    /// What a mistake is about. Another mistake may have cost its section a key, or hidden its kind.
    enum Basis: Equatable {
        /// Values that are there, whatever else the section has.
        case values
        /// The same, by the rules of the kind of the section.
        case kind
        /// A key that the section lacks.
        case section
    }

    enum Step: Equatable {
        case key(String)
        case item(Int)
    }

    /// Every broken rule, from the top of the file.
    static func mistakes(in configuration: Configuration, mayLackStraps: Bool = false) -> [Mistake] {
        guard mayLackStraps || !configuration.straps.isEmpty else {
            return [Mistake(place: [.key("straps")], message: "`straps` is empty: name at least one")]
        }
        let ofStraps = configuration.straps.enumerated().flatMap { index, strap in
            let ofStrap = mistakes(in: strap, before: configuration.straps[..<index], configuration.services)
            return (ofStrap + [useMistake(strap, configuration)].compactMap(\.self)).map {
                $0.below([.key("straps"), .item(index)])
            }
        }
        let ofSections = [
            adapterMistake(configuration.bluetooth?.adapter)?.below([.key("bluetooth")]),
            retentionMistake(configuration.outbox?.retentionDays)?.below([.key("outbox")]),
            atLeastZero(configuration.clock?.waitSeconds, "wait_seconds")?.below([.key("clock")]),
            metricsMistake(configuration.metrics?.address)?.below([.key("metrics")]),
        ]
        let ofOutputs = OutputRules(straps: configuration.straps).mistakes(in: configuration.outputs ?? [])
        let ofSessions = SessionDestinationRules(straps: configuration.straps).mistakes(
            in: configuration.sessions ?? [])
        let ofNetwork = networkMistakes(in: configuration.network).map { $0.below([.key("network")]) }
        return ofStraps + ofOutputs + ofSessions + serviceMistakes(in: configuration.services) + ofNetwork
            + ofSections.compactMap(\.self)
    }

    /// A section names this strap, and no strap has the name. Nil also for a section of all straps.
    static func strapMistake(_ name: String?, _ straps: [StrapSection]) -> Mistake? {
        guard let name, !straps.contains(where: { $0.name == name }) else { return nil }
        let known = straps.map { "`\($0.name)`" }.joined(separator: ", ")
        var mistake = mistake("strap", "no strap is named `\(name.printable())`; there are \(known)", .values)
        mistake.presumedPart = "straps"
        return mistake
    }

    private static func mistakes(
        in strap: StrapSection, before others: ArraySlice<StrapSection>, _ services: ServicesSection?
    ) -> [Mistake] {
        let own = [
            nameMistake(strap, others), deviceMistake(strap), sameDeviceMistake(strap, others),
            adapterMistake(strap.adapter),
        ].compactMap(\.self)
        let ofDestinations = strap.destinations.enumerated().flatMap { index, destination in
            mistakes(in: destination, before: strap.destinations[..<index], services).map {
                $0.below([.key("destinations"), .item(index)])
            }
        }
        return own + ofDestinations
    }

    /// A strap without a destination is of use if an output shows it, its sessions are uploaded, or programs on this
    /// machine can ask for it.
    private static func useMistake(_ strap: StrapSection, _ configuration: Configuration) -> Mistake? {
        let straps = configuration.straps
        let names =
            (configuration.outputs ?? []).map { $0.strapName(among: straps) }
            + (configuration.sessions ?? []).map { $0.strapName(among: straps) }
        let isUsed = configuration.metrics != nil || names.contains { $0 == nil || $0 == strap.name }
        guard strap.destinations.isEmpty, !isUsed else { return nil }
        var mistake = mistake(
            "destinations",
            "`\(strap.name)` has no destination: its readings would go nowhere. Add `destinations`, or below `outputs` "
                + "or `sessions` an entry that takes this strap")
        mistake.presumedPart = "outputs"
        return mistake
    }

    private static func nameMistake(_ strap: StrapSection, _ others: ArraySlice<StrapSection>) -> Mistake? {
        if strap.name.isEmpty { return mistake("name", "a strap's `name` is empty", .values) }
        guard others.contains(where: { $0.name == strap.name }) else { return nil }
        return mistake("name", "another strap is named `\(strap.name)` already", .values)
    }

    private static func deviceMistake(_ strap: StrapSection) -> Mistake? {
        if strap.address != nil, strap.deviceName != nil {
            return mistake("device_name", "give `address` or `device_name`, not both", .values)
        }
        guard let address = strap.address, BluetoothAddress(address) == nil else { return nil }
        return mistake("address", "`\(address)` is not a Bluetooth address like C4:11:22:33:44:55", .values)
    }

    /// One device serves one strap: the second would never find it.
    private static func sameDeviceMistake(_ strap: StrapSection, _ others: ArraySlice<StrapSection>) -> Mistake? {
        if let address = strap.address.flatMap(BluetoothAddress.init),
            let other = others.first(where: { $0.address.flatMap(BluetoothAddress.init) == address })
        {
            return mistake(
                "address",
                "`\(other.name)` and `\(strap.name)` have the same address \(address). Give each strap a "
                    + "device of its own, and one strap all its destinations", .values)
        }
        if let name = strap.deviceName, let other = others.first(where: { $0.deviceName == name }) {
            return mistake(
                "device_name",
                "`\(other.name)` and `\(strap.name)` have the same device_name `\(name)`. Of two devices with "
                    + "one name, name at least one by its `address`", .values)
        }
        return nil
    }

    private static func mistakes(
        in destination: DestinationSection, before others: ArraySlice<DestinationSection>, _ services: ServicesSection?
    ) -> [Mistake] {
        let kind = destination.service.kind
        let single = [
            laneMistake(destination, others), tokenMistake(destination), addressMistake(destination.address, of: kind),
            destination.address == nil ? missingAddress(destination, services) : nil, ageMistake(destination),
        ]
        return single.compactMap(\.self) + kind.mistakes(in: destination.options).map { mistake($0) }
    }

    private static func laneMistake(
        _ destination: DestinationSection, _ others: ArraySlice<DestinationSection>
    ) -> Mistake? {
        let twins = others.indices.filter { others[$0].laneName == destination.laneName }
        guard !twins.isEmpty else { return nil }
        var mistake = mistake(
            "name", "two destinations of one strap are named `\(destination.laneName)`: give one another `name`",
            destination.name == nil ? .kind : .values)
        mistake.twins = twins.contains { others[$0].name != nil } ? [] : twins
        return mistake
    }

    private static func tokenMistake(_ destination: DestinationSection) -> Mistake? {
        let kind = destination.service.kind
        let tokens = [destination.tokenFile, destination.tokenEnvironment, destination.tokenCredential]
        switch (tokens.count { $0 != nil }, kind.tokenRule) {
        case (1..., .none): return mistake("service", "\(kind.title) takes no token", .kind)
        case (1, _), (0, .optional), (0, .none): return nil
        case (let count, _):
            return mistake(
                "service",
                "`\(destination.laneName)` needs one of token_file, token_environment, token_credential",
                count == 0 ? .section : .kind)
        }
    }

    private static func ageMistake(_ destination: DestinationSection) -> Mistake? {
        guard let age = destination.maximumAgeSeconds, !ages.contains(age) else { return nil }
        return mistake(
            "max_age_seconds",
            "`max_age_seconds` must be from \(ages.lowerBound) to \(ages.upperBound) (a year); else each reading"
                + " is sent", .values)
    }

    /// In seconds. A year is longer than an outbox reaches back.
    private static let ages = 1...31_536_000

    private static func serviceMistakes(in services: ServicesSection?) -> [Mistake] {
        DestinationKinds.all.flatMap { kind -> [Mistake] in
            guard let service = services?[kind] else { return [] }
            let ofOptions = kind.mistakes(inService: service.options).map { mistake($0, of: kind.name) }
            return ([addressMistake(service.address, of: kind)].compactMap(\.self) + ofOptions).map {
                $0.below([.key("services"), .key(kind.name)])
            }
        }
    }

    /// A destination whose service has no address of its own.
    private static func missingAddress(_ destination: DestinationSection, _ services: ServicesSection?) -> Mistake? {
        let kind = destination.service.kind
        guard kind.needsAddress, services?[kind]?.address == nil else { return nil }
        var mistake = mistake("service", "`\(destination.laneName)` needs an `address`")
        mistake.presumedPart = kind.name
        return mistake
    }

    private static func addressMistake(_ address: String?, of kind: any DestinationKind) -> Mistake? {
        guard let address else { return nil }
        if kind.addressRule == .none { return mistake("address", "\(kind.title) has no address", .kind) }
        do throws(ServiceAddressError) {
            _ = try kind.address(address)
            return nil
        } catch {
            return mistake("address", error.description, .kind)
        }
    }

    private static func adapterMistake(_ adapter: String?) -> Mistake? {
        guard let adapter, BluetoothAddress(adapter) == nil else { return nil }
        return mistake(
            "adapter",
            "`\(adapter)` is not the address of an adapter: `bluetoothctl list` shows them (hci0 and the like change)",
            .values)
    }

    private static func metricsMistake(_ address: String?) -> Mistake? {
        guard let address, LoopbackAddress(address) == nil else { return nil }
        return mistake(
            "address",
            "`\(address)` is not a loopback address with a port, like 127.0.0.1:9464. Metrics are for programs on this "
                + "machine only; others read them through a proxy, with a `token_file`", .values)
    }

    /// YAML has numbers that are too large for any clock, infinity and "not a number".
    private static func retentionMistake(_ days: Double?) -> Mistake? {
        guard let days, !(days > 0 && days <= 36_500) else { return nil }
        return mistake("retention_days", "`retention_days` must be above 0 and at most 36500", .values)
    }

    private static func atLeastZero(_ value: (some SignedNumeric & Comparable)?, _ key: String) -> Mistake? {
        guard let value, value < 0 else { return nil }
        return mistake(key, "`\(key)` must not be below 0", .values)
    }

    static func mistake(_ key: String, _ message: String, _ basis: Basis = .section) -> Mistake {
        Mistake(place: [.key(key)], message: message, basis: basis)
    }

    /// A mistake in the options of a section. `key` is the one of the kind, for a mistake without a key.
    static func mistake(_ mistake: OptionMistake, of key: String = "service") -> Mistake {
        Self.mistake(mistake.key ?? key, mistake.message, mistake.key == nil ? .section : .kind)
    }
}

extension ConfigurationRules.Mistake {
    func below(_ steps: [ConfigurationRules.Step]) -> Self {
        Self(place: steps + place, message: message, basis: basis, presumedPart: presumedPart, twins: twins)
    }
}

extension ConfigurationRules {
    static func networkMistakes(in network: NetworkSection?) -> [Mistake] {
        guard let network else { return [] }
        var mistakes: [Mistake] = []
        if network.proxyLoginFile != nil, network.proxyLoginEnvironment != nil {
            mistakes.append(
                mistake("proxy_login_file", "give `proxy_login_file` or `proxy_login_environment`, not both", .values))
        }
        guard let proxy = network.proxy else {
            let needless = [
                ("proxy_login_file", network.proxyLoginFile),
                ("proxy_login_environment", network.proxyLoginEnvironment),
                ("no_proxy", network.noProxy?.first),
            ]
            return mistakes
                + needless.filter { $0.1 != nil }.map { mistake($0.0, "`\($0.0)` is of no use without a `proxy`") }
        }
        do throws(ServiceAddressError) {
            _ = try ProxyAddress(proxy)
        } catch {
            mistakes.append(mistake("proxy", error.description, .values))
        }
        return mistakes
    }
}
