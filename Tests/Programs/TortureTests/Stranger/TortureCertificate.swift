import Subprocess
import TestKit

/// A certificate made by openssl.
struct TortureCertificate: Sendable {
    struct NotMade: Error {}

    private let directory = TemporaryDirectory()

    /// The options of `strapline-hub serve`.
    var options: [String] { ["--certificate", directory.file("certificate.pem"), "--key", directory.file("key.pem")] }

    init() async throws {
        let made = try await Subprocess.run(
            .name("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=localhost",
                "-keyout", directory.file("key.pem"), "-out", directory.file("certificate.pem"),
            ], input: .none, output: .discarded, error: .discarded)
        guard made.terminationStatus == .exited(0) else { throw NotMade() }
    }
}
