/// All services that readings can be sent to. One line each.
package enum DestinationKinds {
    package static let all: [any DestinationKind] = [
        pulsoid,
        CardiogramKind(),
        HTTPKind(),
        InfluxKind(),
    ]

    /// The kind that `login`, `verify` and `watch` are for.
    package static let pulsoid: any DestinationKind = PulsoidKind()

    /// The kind that the configuration names with `service:`.
    package static func kind(named name: String) -> (any DestinationKind)? { all.first { $0.name == name } }

    /// The options of all kinds, each key once.
    package static var options: [DestinationOption] {
        var options: [DestinationOption] = []
        for option in all.flatMap(\.options) where !options.contains(where: { $0.key == option.key }) {
            options.append(option)
        }
        return options
    }
}
