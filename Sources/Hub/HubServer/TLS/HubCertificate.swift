import Glibc
import NIOCore
import NIOSSL
import Synchronization

/// The certificate and the key of the hub's TLS, from two PEM files. Changed files are loaded again.
///
/// TLS 1.2 and 1.3, HTTP/1.1 only. An open connection keeps its certificate; new ones use the latest.
package final class HubCertificate: Sendable {
    private struct State {
        var context: NIOSSLContext
        var loaded: [FileStamp?]
        /// At the last check: a file that is being written changes between two checks.
        var seen: [FileStamp?]
    }

    /// The result of a check of the files.
    enum Change: Sendable {
        case none
        case loaded
        /// The files are invalid; the loaded certificate stays.
        case refused(HubCertificateError)
    }

    /// For TLS 1.2: forward secrecy and authenticated encryption (AEAD, RFC 9325, 4.2). TLS 1.3 has no others.
    private static let cipherSuites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    ]

    private let certificateFile: String
    private let keyFile: String
    // Every new connection reads the context on its event loop, where nothing can wait.
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

    /// Whether other users may read or write the key.
    package var isKeyShared: Bool {
        var status = stat()
        return stat(keyFile, &status) == 0 && status.st_mode & 0o077 != 0
    }

    /// Loads the files again if they have changed and then stayed unchanged from one call to the next. So a pair that
    /// is only half written is not loaded. An invalid pair is reported once.
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
            // Without this BoringSSL would prompt at the terminal.
            try NIOSSLPrivateKey(file: path, format: .pem) { $0([UInt8]()) }
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = cipherSuites
        // A closing connection does not wait longer for the client's goodbye.
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
