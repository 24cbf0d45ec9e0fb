import FoundationEssentials
import HubServer
import NIOSSL
import Subprocess
import TestKit

/// A self-signed certificate for `localhost`, made by openssl, in two files of its own folder.
struct TestCertificate {
    struct NotMade: Error {}

    private let directory = TemporaryDirectory()

    var certificateFile: String { directory.file("certificate.pem") }
    var keyFile: String { directory.file("key.pem") }

    init() async throws {
        try await make()
    }

    /// Puts another pair in the place of the one that is there.
    func make() async throws {
        let made = try await Subprocess.run(
            .name("openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=strapline hub test \(UInt64.random(in: 0 ... .max))", "-addext", "subjectAltName=DNS:localhost",
                "-keyout", keyFile, "-out", certificateFile,
            ], input: .none, output: .discarded, error: .discarded)
        guard made.terminationStatus == .exited(0) else { throw NotMade() }
    }

    func loaded() throws -> HubCertificate {
        try HubCertificate(certificateFile: certificateFile, keyFile: keyFile)
    }

    /// For a client that trusts the current certificate file.
    func clientContext(
        minimum: TLSVersion = .tlsv1, maximum: TLSVersion? = nil, protocols: [String] = []
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(certificateFile))
        configuration.minimumTLSVersion = minimum
        configuration.maximumTLSVersion = maximum
        configuration.applicationProtocols = protocols
        return try NIOSSLContext(configuration: configuration)
    }

    /// Puts the certificate of another in the place of this one; its key stays.
    func takeCertificate(of other: TestCertificate) throws {
        try Data(contentsOf: URL(filePath: other.certificateFile)).write(to: URL(filePath: certificateFile))
    }

    /// The other pair, whole.
    func take(_ other: TestCertificate) throws {
        try takeCertificate(of: other)
        try Data(contentsOf: URL(filePath: other.keyFile)).write(to: URL(filePath: keyFile))
    }
}
