import Destinations
import Outbox
import Tokens

/// Straps whose readings arrive under one user, because they have one token.
struct SharedTokens {
    /// A sentence for each such token.
    let warnings: [String]

    init(_ plan: UploadPlan) {
        struct User: Hashable {
            let address: String
            let token: AccessToken
        }
        var straps: [User: [String]] = [:]
        var order: [User] = []
        for target in plan.targets {
            // At these services the token alone names the user.
            guard target.service.kind.showsReadings, let address = target.settings.address,
                let token = try? target.token?.read()
            else { continue }
            let user = User(address: "\(address)", token: token)
            if straps[user] == nil { order.append(user) }
            if straps[user]?.contains(target.lane.strap) != true {
                straps[user, default: []].append(target.lane.strap)
            }
        }
        warnings = order.compactMap { user in
            guard let names = straps[user], names.count > 1 else { return nil }
            return
                "\(Self.list(names)) have the same token for \(user.address): they will appear as one person. "
                + "Give each a token of its own, unless one person wears them"
        }
    }

    /// `anna, ben and carl`
    private static func list(_ names: [String]) -> String {
        names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }
}
