import Outbox
import SystemPackage

/// The configuration that `strapline run` gets in the demo.
struct UploaderConfiguration {
    let performers: [Performer]
    let hubAddress: String
    let outbox: FilePath
    /// Pulsoid's limit; 0 for none.
    var requestsPerSecond = 20
    var durability = Durability.powerLoss

    /// Cardiogram's batches are sent after 5 s, so that a short demo shows them too, and nothing waits for a clock that
    /// may have nobody to set it in a container.
    var yaml: String {
        var lines = [
            "services:",
            "  pulsoid: { address: \"\(hubAddress)\", requests_per_second: \(requestsPerSecond) }",
            "  cardiogram: { address: \"\(hubAddress)\" }",
            "outbox: { path: \"\(outbox)\", durability: \(durability.rawValue) }",
            "clock: { wait_seconds: 0 }",
            "straps:",
        ]
        for performer in performers {
            lines += [
                "  - name: \(performer.name)",
                "    address: \"\(performer.strapAddress)\"",
                "    destinations:",
                "      - { service: pulsoid, token_file: \"\(performer.tokenFile)\" }",
                "      - { service: cardiogram, token_file: \"\(performer.tokenFile)\", user_id: \"\(performer.userID)\","
                    + " batch_seconds: 5 }",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
