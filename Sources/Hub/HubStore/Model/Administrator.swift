/// The author of a change of users, tokens, rooms or clients.
package enum Administrator: Sendable, Hashable {
    /// A command of `strapline-hub`, run by a user of the machine.
    case commandLine
    /// A caller of the administration's calls, by the number of the token.
    case adminToken(Int64)

    /// The name in lists and logs.
    package var text: String {
        switch self {
        case .commandLine: "command line"
        case .adminToken(let id): "admin token \(id)"
        }
    }
}
