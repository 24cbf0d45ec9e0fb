package import Destinations

/// All kinds of outputs. One line each.
package enum OutputKinds {
    package static let all: [any OutputKind] = [
        TextFileKind(),
        WebhookKind(),
        MQTTKind(),
        OSCKind(),
        BluetoothOutputKind(),
    ]

    /// The kind that the configuration names with `kind:`.
    package static func kind(named name: String) -> (any OutputKind)? { all.first { $0.name == name } }

    /// The options of all kinds, each key once.
    package static var options: [DestinationOption] {
        var options: [DestinationOption] = []
        for option in all.flatMap(\.options) where !options.contains(where: { $0.key == option.key }) {
            options.append(option)
        }
        return options
    }
}
