import Subprocess
import TestKit

/// A TLS server for `localhost` whose certificate nobody has signed but itself: openssl's own.
enum UnknownServer {
    struct NotReady: Error {}

    /// Serves while `body` runs, which is given the port.
    static func run(_ body: @escaping @Sendable (_ port: Int) async throws -> Void) async throws {
        let folder = TemporaryDirectory()
        let (key, certificate) = (folder.file("key.pem"), folder.file("certificate.pem"))
        let made = try await Subprocess.run(
            .name("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
            ], input: .none, output: .discarded, error: .discarded)
        guard made.terminationStatus == .exited(0) else { throw NotReady() }
        _ = try await Subprocess.run(
            .name("openssl"),
            arguments: ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"],
            input: .none, output: .sequence, error: .discarded
        ) { execution in
            defer { try? execution.send(signal: .kill) }
            for try await line in execution.standardOutput.strings() where line.hasPrefix("ACCEPT ") {
                guard let port = line.filter({ !$0.isNewline }).split(separator: ":").last.flatMap({ Int($0) })
                else { throw NotReady() }
                return try await body(port)
            }
            throw NotReady()
        }
    }
}
