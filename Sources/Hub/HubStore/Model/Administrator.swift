/// Who changes users, tokens, rooms and clients.
package enum Administrator: Sendable, Hashable {
    /// A command of `strapline-hub`, run by a user of the machine.
    case commandLine
    /// A caller of the administration's calls, by the number of their token.
    case adminToken(Int64)

    /// As lists and logs name it.
    package var text: String {
        switch self {
        case .commandLine: "command line"
        case .adminToken(let id): "admin token \(id)"
        }
    }
}
