import PulsoidAPI

/// What a token of the hub may be used for: Pulsoid's own scopes, and one for Cardiogram's path.
public enum HubScope {
    /// `POST /heart/oauth/users/{userId}/beats`. The hub's own name: Cardiogram publishes no scopes.
    public static let beatsWrite = "cardiogram:beats:write"

    /// Every scope that a token can be issued with.
    public static let all = PulsoidScope.allCases.map(\.rawValue) + [beatsWrite]
}
