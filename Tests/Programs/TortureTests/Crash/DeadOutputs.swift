import TestKit

/// Outputs whose peers are dead: a broker that does not run, a server that never answers, and a file that cannot be
/// written. A fourth one works.
struct DeadOutputs {
    /// Those that fail at once. The server is still waited for when the uploader is killed.
    static let failing = ["broker", "blocked"]

    private let broker = DeafPort()
    private let server = DeafPort(isListening: true)

    /// The lines of the configuration. The working output writes into this folder.
    func lines(folder: TemporaryDirectory) -> [String] {
        [
            "outputs:", "  - { kind: mqtt, name: broker, address: \"mqtt://127.0.0.1:\(broker.port)\" }",
            "  - { kind: webhook, name: server, address: \"http://127.0.0.1:\(server.port)\" }",
            "  - { kind: file, name: blocked, path: \"/proc/version/{strap}.txt\" }",
            "  - { kind: file, name: working, path: \"\(folder.file("{strap}.txt"))\" }",
        ]
    }
}
