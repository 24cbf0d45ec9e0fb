package import Destinations

/// All places that sessions can be uploaded to. One line each.
package enum SessionDestinationKinds {
    package static let all: [any SessionDestinationKind] = [
        IntervalsKind(),
        RunalyzeKind(),
        FolderKind(),
        WebDAVKind(),
    ]

    /// The kind that the configuration names with `service:`.
    package static func kind(named name: String) -> (any SessionDestinationKind)? { all.first { $0.name == name } }

    /// The options of all kinds, each key once.
    package static var options: [DestinationOption] {
        var options: [DestinationOption] = []
        for option in all.flatMap(\.options) where !options.contains(where: { $0.key == option.key }) {
            options.append(option)
        }
        return options
    }
}
