import ArgumentParser
import FoundationEssentials
import PulsoidAPI

/// The configuration of a room or a member on the command line.
struct RoomConfig: ExpressibleByArgument {
    let value: JSONValue

    init?(argument: String) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(argument.utf8)), case .object = value
        else { return nil }
        self.value = value
    }
}
