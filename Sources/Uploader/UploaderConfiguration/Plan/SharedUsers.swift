import BlueZ
import Destinations
import Outbox
import Tokens

/// Straps that cannot be kept apart: those of one user at a service, and those that take any device.
struct SharedUsers {
    /// A sentence for each such user, and one for the straps without a device.
    let warnings: [String]

    private struct User: Hashable {
        enum Identity: Hashable {
            case token(AccessToken)
            /// The place of a token that cannot be read from here.
            case place(String)
            case option(key: String, value: String)
        }

        let address: String
        let identity: Identity

        /// Nil for a service that does not name its users.
        init?(_ target: UploadPlan.Target) {
            guard let address = target.settings.address else { return nil }
            self.address = "\(address)"
            switch target.service.kind.userRule {
            case .none: return nil
            case .token:
                guard let source = target.token else { return nil }
                identity = (try? source.read()).map { Identity.token($0) } ?? .place("\(source)")
            case .option(let key):
                guard let value = target.settings.options.text(key) else { return nil }
                identity = .option(key: key, value: value)
            }
        }

        /// `token`, `user_id`
        var words: String {
            if case .option(let key, _) = identity { key } else { "token" }
        }
    }

    init(_ plan: UploadPlan) {
        var straps: [User: [String]] = [:]
        var order: [User] = []
        for target in plan.targets {
            guard let user = User(target) else { continue }
            if straps[user] == nil { order.append(user) }
            if straps[user]?.contains(target.lane.strap) != true {
                straps[user, default: []].append(target.lane.strap)
            }
        }
        let ofUsers = order.compactMap { user -> String? in
            guard let names = straps[user], names.count > 1 else { return nil }
            return
                "\(Self.list(names)) have the same \(user.words) for \(user.address): they will appear as one person. "
                + "Give each a \(user.words) of its own, unless one person wears them"
        }
        let unnamed = plan.straps.filter { $0.selector == .first }.map(\.name)
        let ofDevices =
            unnamed.count < 2
            ? []
            : [
                "\(Self.list(unnamed)) each take the first strap that they find, which may be another one's. Give each "
                    + "an `address` or a `device_name`"
            ]
        warnings = ofDevices + ofUsers
    }

    /// `anna, ben and carl`
    private static func list(_ names: [String]) -> String {
        names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }
}
