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
        /// The list that must have all its items; otherwise another mistake may explain this one.
        var presumedList: String?
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
            mistakes(in: strap, before: configuration.straps[..<index], configuration.services).map {
                $0.below([.key("straps"), .item(index)])
            }
        }
        let ofSections = [
            serviceMistake(in: configuration.services),
            networkMistake(in: configuration.network)?.below([.key("network")]),
            adapterMistake(configuration.bluetooth?.adapter)?.below([.key("bluetooth")]),
            retentionMistake(configuration.outbox?.retentionDays)?.below([.key("outbox")]),
            atLeastZero(configuration.clock?.waitSeconds, "wait_seconds")?.below([.key("clock")]),
            metricsMistake(configuration.metrics?.address)?.below([.key("metrics")]),
        ]
        let ofOutputs = OutputRules(straps: configuration.straps).mistakes(in: configuration.outputs ?? [])
        let ofSessions = SessionDestinationRules(straps: configuration.straps).mistakes(
            in: configuration.sessions ?? [])
        return ofStraps + ofOutputs + ofSessions + ofSections.compactMap(\.self)
    }

    /// A section names this strap, and no strap has the name. Nil also for a section of all straps.
    static func strapMistake(_ name: String?, _ straps: [StrapSection]) -> Mistake? {
        guard let name, !straps.contains(where: { $0.name == name }) else { return nil }
        let known = straps.map { "`\($0.name)`" }.joined(separator: ", ")
        var mistake = mistake("strap", "no strap is named `\(name.printable())`; there are \(known)")
        mistake.presumedList = "straps"
        return mistake
    }

    private static func mistakes(
        in strap: StrapSection, before others: ArraySlice<StrapSection>, _ services: ServicesSection?
    ) -> [Mistake] {
        let own = [
            nameMistake(strap, others), deviceMistake(strap), sameDeviceMistake(strap, others),
            adapterMistake(strap.adapter),
        ].compactMap(\.self)
        if strap.destinations.isEmpty, own.isEmpty {
            return [mistake("destinations", "`\(strap.name)` has no destination: its readings would go nowhere")]
        }
        let ofDestinations = strap.destinations.enumerated().compactMap { index, destination in
            firstMistake(in: destination, before: strap.destinations[..<index])?
                .below([.key("destinations"), .item(index)])
        }
        if ofDestinations.isEmpty, let missing = missingAddress(in: strap, services) { return own + [missing] }
        return own + ofDestinations
    }

    private static func nameMistake(_ strap: StrapSection, _ others: ArraySlice<StrapSection>) -> Mistake? {
        if strap.name.isEmpty { return mistake("name", "a strap's `name` is empty") }
        guard others.contains(where: { $0.name == strap.name }) else { return nil }
        return mistake("name", "another strap is named `\(strap.name)` already")
    }

    private static func deviceMistake(_ strap: StrapSection) -> Mistake? {
        if strap.address != nil, strap.deviceName != nil {
            return mistake("device_name", "give `address` or `device_name`, not both")
        }
        guard let address = strap.address, BluetoothAddress(address) == nil else { return nil }
        return mistake("address", "`\(address)` is not a Bluetooth address like C4:11:22:33:44:55")
    }

    /// One device serves one strap: the second would never find it.
    private static func sameDeviceMistake(_ strap: StrapSection, _ others: ArraySlice<StrapSection>) -> Mistake? {
        if let address = strap.address.flatMap(BluetoothAddress.init),
            let other = others.first(where: { $0.address.flatMap(BluetoothAddress.init) == address })
        {
            return mistake(
                "address",
                "`\(other.name)` and `\(strap.name)` have the same address \(address). Give each strap a "
                    + "device of its own, and one strap all its destinations")
        }
        if let name = strap.deviceName, let other = others.first(where: { $0.deviceName == name }) {
            return mistake(
                "device_name",
                "`\(other.name)` and `\(strap.name)` have the same device_name `\(name)`. Of two devices with "
                    + "one name, name at least one by its `address`")
        }
        return nil
    }

    private static func firstMistake(
        in destination: DestinationSection, before others: ArraySlice<DestinationSection>
    ) -> Mistake? {
        if others.contains(where: { $0.laneName == destination.laneName }) {
            return mistake(
                "name", "two destinations of one strap are named `\(destination.laneName)`: give one another `name`")
        }
        let tokens = [destination.tokenFile, destination.tokenEnvironment, destination.tokenCredential]
        let kind = destination.service.kind
        switch (tokens.count { $0 != nil }, kind.tokenRule) {
        case (1..., .none): return mistake("service", "\(kind.title) takes no token")
        case (1, _), (0, .optional), (0, .none): break
        default:
            return mistake(
                "service",
                "`\(destination.laneName)` needs one of token_file, token_environment, token_credential")
        }
        if let mistake = addressMistake(destination.address, of: kind) { return mistake }
        if let age = destination.maximumAgeSeconds, !ages.contains(age) {
            return mistake(
                "max_age_seconds",
                "`max_age_seconds` must be from \(ages.lowerBound) to \(ages.upperBound) (a year); else each reading"
                    + " is sent")
        }
        return kind.firstMistake(in: destination.options).map { mistake($0.key ?? "service", $0.message) }
    }

    /// In seconds. A year is longer than an outbox reaches back.
    private static let ages = 1...31_536_000

    private static func serviceMistake(in services: ServicesSection?) -> Mistake? {
        for kind in DestinationKinds.all {
            guard let service = services?[kind] else { continue }
            let broken =
                addressMistake(service.address, of: kind)
                ?? kind.firstMistake(inService: service.options).map { mistake($0.key ?? kind.name, $0.message) }
            if let broken { return broken.below([.key("services"), .key(kind.name)]) }
        }
        return nil
    }

    /// A destination whose service has no address of its own.
    private static func missingAddress(in strap: StrapSection, _ services: ServicesSection?) -> Mistake? {
        for (index, destination) in strap.destinations.enumerated() {
            let kind = destination.service.kind
            if destination.address == nil, services?[kind]?.address == nil, kind.needsAddress {
                return mistake("service", "`\(destination.laneName)` needs an `address`")
                    .below([.key("destinations"), .item(index)])
            }
        }
        return nil
    }

    private static func addressMistake(_ address: String?, of kind: any DestinationKind) -> Mistake? {
        guard let address else { return nil }
        if kind.addressRule == .none { return mistake("address", "\(kind.title) has no address") }
        do throws(ServiceAddressError) {
            _ = try kind.address(address)
            return nil
        } catch {
            return mistake("address", error.description)
        }
    }

    private static func adapterMistake(_ adapter: String?) -> Mistake? {
        guard let adapter, BluetoothAddress(adapter) == nil else { return nil }
        return mistake(
            "adapter",
            "`\(adapter)` is not the address of an adapter: `bluetoothctl list` shows them (hci0 and the like change)")
    }

    private static func metricsMistake(_ address: String?) -> Mistake? {
        guard let address, LoopbackAddress(address) == nil else { return nil }
        return mistake(
            "address",
            "`\(address)` is not a loopback address with a port, like 127.0.0.1:9464. Metrics are for programs on this "
                + "machine only; others read them through a proxy, with a `token_file`")
    }

    /// YAML has numbers that are too large for any clock, infinity and "not a number".
    private static func retentionMistake(_ days: Double?) -> Mistake? {
        guard let days, !(days > 0 && days <= 36_500) else { return nil }
        return mistake("retention_days", "`retention_days` must be above 0 and at most 36500")
    }

    private static func atLeastZero(_ value: (some SignedNumeric & Comparable)?, _ key: String) -> Mistake? {
        guard let value, value < 0 else { return nil }
        return mistake(key, "`\(key)` must not be below 0")
    }

    static func mistake(_ key: String, _ message: String) -> Mistake {
        Mistake(place: [.key(key)], message: message)
    }
}

extension ConfigurationRules.Mistake {
    func below(_ steps: [ConfigurationRules.Step]) -> Self {
        Self(place: steps + place, message: message, presumedList: presumedList)
    }
}

extension ConfigurationRules {
    static func networkMistake(in network: NetworkSection?) -> Mistake? {
        guard let network else { return nil }
        if network.proxyLoginFile != nil, network.proxyLoginEnvironment != nil {
            return mistake("proxy_login_file", "give `proxy_login_file` or `proxy_login_environment`, not both")
        }
        guard let proxy = network.proxy else {
            let needless = [
                ("proxy_login_file", network.proxyLoginFile),
                ("proxy_login_environment", network.proxyLoginEnvironment),
                ("no_proxy", network.noProxy?.first),
            ].first { $0.1 != nil }
            return needless.map { mistake($0.0, "`\($0.0)` is of no use without a `proxy`") }
        }
        do throws(ServiceAddressError) {
            _ = try ProxyAddress(proxy)
            return nil
        } catch {
            return mistake("proxy", error.description)
        }
    }
}
