import ArgumentParser
import Console
import HubStore

/// A command about one hub.
protocol HubCommand: AsyncParsableCommand {
    var database: DatabaseOptions { get }
    /// Whether it removes something: then a missing one need not be made.
    static var isRemoval: Bool { get }
}

extension HubCommand {
    static var isRemoval: Bool { false }
}

extension HubStoreError {
    /// The message, and the command that helps, with the database of the failed command.
    func message(about hub: PrintedCommand, isRemoval: Bool = false) -> String {
        let (lead, words): (String, [String])
        switch remedy {
        case nil: return description
        case .addUser where isRemoval: (lead, words) = ("See", ["user", "list"])
        case .createRoom where isRemoval: (lead, words) = ("See", ["room", "list"])
        case .addUser(let name): (lead, words) = ("Make one with", ["user", "add", name])
        case .listUsers: (lead, words) = ("See", ["user", "list"])
        case .createRoom(let name): (lead, words) = ("Make it with", ["room", "create", name])
        case .listRooms: (lead, words) = ("See", ["room", "list"])
        case .listTokens: (lead, words) = ("See", ["token", "list"])
        case .listClients: (lead, words) = ("See", ["client", "list"])
        case .listAdminTokens: (lead, words) = ("See", ["admin-token", "list"])
        }
        return "\(description) \(lead): \(hub.text(words))"
    }
}
