import ArgumentParser
import HubStore
import PulsoidAPI

/// The configuration of a room or a member on the command line.
struct RoomConfig: ExpressibleByArgument {
    let value: JSONValue

    init?(argument: String) {
        guard let value = JSONValue(configuration: argument) else { return nil }
        self.value = value
    }
}
