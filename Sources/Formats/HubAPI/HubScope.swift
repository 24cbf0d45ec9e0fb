import PulsoidAPI

/// The scopes of a hub's tokens: Pulsoid's own, and one for Cardiogram's call.
package enum HubScope {
    /// `POST /heart/oauth/users/{userId}/beats`. The hub's own name: Cardiogram publishes no scopes.
    package static let beatsWrite = "cardiogram:beats:write"

    /// What an uploader needs: both APIs' calls that write.
    package static let uploader = [PulsoidScope.heartRateWrite.rawValue, beatsWrite]

    /// Every scope that a token can be issued with.
    package static let all = PulsoidScope.allCases.map(\.rawValue) + [beatsWrite]
}
