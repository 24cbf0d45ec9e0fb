import Subprocess

/// A TLS server for `localhost` with a self-signed certificate: openssl's own.
package enum UnknownServer {
    struct NotReady: Error {}

    /// Serves while `body` runs, which gets the port.
    package static func run(_ body: @escaping @Sendable (_ port: Int) async throws -> Void) async throws {
        try await run { port, _ in try await body(port) }
    }

    /// Serves while `body` runs, which gets the port and the file of the certificate. `options` are more options of
    /// openssl's server.
    package static func run(
        options: [String] = [], _ body: @escaping @Sendable (_ port: Int, _ certificate: String) async throws -> Void
    ) async throws {
        let folder = TemporaryDirectory()
        let (key, certificate) = (folder.file("key.pem"), folder.file("certificate.pem"))
        let made = try await Subprocess.run(
            .name("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                // A name for each, because clients find authorities by their name.
                "/CN=strapline test \(UInt64.random(in: 0 ... .max))",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
            ], input: .none, output: .discarded, error: .discarded)
        guard made.terminationStatus == .exited(0) else { throw NotReady() }
        _ = try await Subprocess.run(
            .name("openssl"),
            arguments: Arguments(
                ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"] + options),
            input: .none, output: .sequence, error: .discarded
        ) { execution in
            defer { try? execution.send(signal: .kill) }
            for try await line in execution.standardOutput.strings() where line.hasPrefix("ACCEPT ") {
                guard let port = line.filter({ !$0.isNewline }).split(separator: ":").last.flatMap({ Int($0) })
                else { throw NotReady() }
                return try await body(port, certificate)
            }
            throw NotReady()
        }
    }
}
