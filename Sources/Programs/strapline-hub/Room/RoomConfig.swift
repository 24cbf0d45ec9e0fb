import ArgumentParser
import HubStore
import PulsoidAPI
import TextFormats

/// The configuration of a room or a member on the command line.
struct RoomConfig: ExpressibleByArgument {
    let value: JSONValue

    init() {
        value = .object([:])
    }

    private init(value: JSONValue) {
        self.value = value
    }

    init?(argument: String) {
        guard let value = JSONValue(configuration: argument) else { return nil }
        self.value = value
    }

    /// With a name, if there is one.
    func named(_ name: String?) -> RoomConfig {
        guard let name, case .object(var members) = value else { return self }
        members["name"] = .string(name)
        return RoomConfig(value: .object(members))
    }

    /// - Throws: `ValidationError` for a name that a table or the page cannot show unchanged.
    static func checkName(_ name: String) throws {
        guard !name.isEmpty, name.isPrintable(scalars: RoomReference.nameScalars) else {
            throw ValidationError(
                "A room's name is 1 to \(RoomReference.nameScalars) printable characters in one line.")
        }
    }
}
