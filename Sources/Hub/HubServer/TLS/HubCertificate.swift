import Glibc
import NIOCore
import NIOSSL
import Synchronization

/// The certificate and the key with which the hub speaks TLS, out of two files in PEM, and whatever these files become.
///
/// TLS 1.2 and 1.3, HTTP/1.1 alone. A connection keeps what it began with; the next one has what was loaded last.
package final class HubCertificate: Sendable {
    private struct State {
        var context: NIOSSLContext
        var loaded: [FileStamp?]
        /// As last seen: while a file is being written it changes between two looks.
        var seen: [FileStamp?]
    }

    /// What came of looking at the files again.
    enum Change: Sendable {
        case none
        case loaded
        /// They are no good; what was loaded before stays.
        case refused(HubCertificateError)
    }

    /// Of TLS 1.2: forward secrecy, and encryption that authenticates (AEAD, RFC 9325, 4.2). TLS 1.3 has no others.
    private static let cipherSuites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    ]

    private let certificateFile: String
    private let keyFile: String
    // Every new connection asks for the context, on its own event loop, where nothing can wait.
    private let state: Mutex<State>

    /// - Parameters:
    ///   - certificateFile: the hub's certificate and those that vouch for it, in this order.
    ///   - keyFile: its private key, without a password.
    /// - Throws: ``HubCertificateError``.
    package init(certificateFile: String, keyFile: String) throws {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        let stamps = Self.stamps(certificateFile, keyFile)
        state = Mutex(
            State(context: try Self.load(certificateFile, keyFile), loaded: stamps, seen: stamps))
    }

    /// For the next connection.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Whether others than its owner may read or write the key.
    package var isKeyShared: Bool {
        var status = stat()
        return stat(keyFile, &status) == 0 && status.st_mode & 0o077 != 0
    }

    /// Loads the files again, if they have changed and then stayed as they are from one call to the next: so that a pair of
    /// which the half is written is left alone. Bad ones are told once.
    func reloadIfChanged() -> Change {
        let stamps = Self.stamps(certificateFile, keyFile)
        let isDue = state.withLock { state in
            defer { state.seen = stamps }
            return stamps != state.loaded && stamps == state.seen
        }
        return isDue ? reload() : .none
    }

    /// Loads the files again.
    func reload() -> Change {
        let stamps = Self.stamps(certificateFile, keyFile)
        let loaded = Result { try Self.load(certificateFile, keyFile) }
        return state.withLock { state in
            state.loaded = stamps
            switch loaded {
            case .success(let context):
                state.context = context
                return .loaded
            case .failure(let error):
                return .refused(error as? HubCertificateError ?? HubCertificateError(description: "\(error)"))
            }
        }
    }

    private static func stamps(_ files: String...) -> [FileStamp?] { files.map { FileStamp($0) } }

    private static func load(_ certificateFile: String, _ keyFile: String) throws -> NIOSSLContext {
        let certificates = try read(certificateFile, "a certificate") { try NIOSSLCertificate.fromPEMFile($0) }
        guard !certificates.isEmpty else {
            throw HubCertificateError(description: "There is no certificate in \(certificateFile). It must be PEM.")
        }
        let key = try read(keyFile, "a private key without a password") { path in
            // Without this BoringSSL would ask at the terminal.
            try NIOSSLPrivateKey(file: path, format: .pem) { $0([UInt8]()) }
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = cipherSuites
        // A connection that has to go waits no longer for a client that does not say goodbye.
        configuration.shutdownTimeout = .seconds(1)
        configuration.applicationProtocols = ["http/1.1"]
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw HubCertificateError(
                description: "\(certificateFile) and \(keyFile) cannot be used together (\(error)). "
                    + "See whether the key is the certificate's.")
        }
    }

    private static func read<Value>(_ path: String, _ what: String, _ body: (String) throws -> Value) throws -> Value {
        guard access(path, R_OK) == 0 else {
            throw HubCertificateError(
                description:
                    "Cannot read \(path): \(String(cString: strerror(errno))). Name a file that this user may read.")
        }
        do {
            return try body(path)
        } catch {
            throw HubCertificateError(description: "\(path) is not \(what) in PEM: \(error)")
        }
    }
}
