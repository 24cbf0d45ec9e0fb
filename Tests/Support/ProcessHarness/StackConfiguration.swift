import Outbox
import SystemPackage

/// The configuration of `strapline run` in a ``StackFixture``.
struct StackConfiguration {
    let users: [TestUser]
    let hubAddress: String
    let outbox: FilePath
    /// The limit for Pulsoid; 0 for none.
    let requestsPerSecond: Int
    let durability: Durability
    /// The name of the user whose strap only broadcasts.
    let broadcaster: String?

    /// Cardiogram's batches are sent after 5 s, so that a short demo shows them. Nothing waits for the clock, because a
    /// container may have nothing that sets it.
    var yaml: String {
        var lines = [
            "services:",
            "  pulsoid: { address: \"\(hubAddress)\", requests_per_second: \(requestsPerSecond) }",
            "  cardiogram: { address: \"\(hubAddress)\" }",
            "outbox: { path: \"\(outbox)\", durability: \(durability.rawValue) }",
            "clock: { wait_seconds: 0 }",
            "straps:",
        ]
        for user in users {
            lines += [
                "  - name: \(user.name)",
                "    address: \"\(user.strapAddress)\"",
            ]
            if user.name == broadcaster { lines.append("    mode: broadcast") }
            lines += [
                "    destinations:",
                "      - { service: pulsoid, token_file: \"\(user.tokenFile)\" }",
                "      - { service: cardiogram, token_file: \"\(user.tokenFile)\", user_id: \"\(user.userID)\","
                    + " batch_seconds: 5 }",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
