import FoundationEssentials
import Glibc
import Synchronization
import TestKit

/// A real mosquitto for one test, with a configuration of its own; killed with the last reference.
package final class MosquittoBroker: Sendable {
    package struct Options: Sendable {
        /// The only user who may connect, with the password. Nil lets everybody connect.
        package var login: (user: String, password: String)?
        /// Whether it speaks TLS, with a certificate for `localhost`.
        package var isSecure = false
        /// Whether retained messages survive ``MosquittoBroker/kill()``.
        package var persists = false

        package init() {}
    }

    package let port: Int
    /// The certificate of the authority of a broker with TLS.
    package var authority: String { directory.file("ca.pem") }

    private let directory = TemporaryDirectory()
    private let options: Options
    private let program = Mutex<LineProgram?>(nil)

    /// Returns when it listens, at a free port.
    package init(_ options: Options = Options()) async throws {
        self.options = options
        port = DeafPort.portForAnotherProgram()
        if options.isSecure { try await makeCertificates() }
        if let login = options.login {
            let made = try LineProgram(
                ["mosquitto_passwd", "-b", "-c", directory.file("passwords"), login.user, login.password])
            await made.until { _ in false }
        }
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: directory.file("mosquitto.conf")))
        try await start()
    }

    /// `mqtt://…`, or `mqtts://…` with the name of the certificate.
    package var address: String { options.isSecure ? "mqtts://localhost:\(port)" : "mqtt://127.0.0.1:\(port)" }

    package func start() async throws {
        // Debian has it outside of a user's PATH.
        let path = access("/usr/sbin/mosquitto", X_OK) == 0 ? "/usr/sbin/mosquitto" : "mosquitto"
        let started = try LineProgram([path, "-c", directory.file("mosquitto.conf")])
        let lines = await started.until { lines in lines.contains { $0.hasSuffix(" running") } }
        guard lines.contains(where: { $0.hasSuffix(" running") }) else {
            throw LineProgram.StartError(description: lines.joined(separator: "\n"))
        }
        program.withLock { $0 = started }
    }

    /// Ends it as a crash does: it sends nothing more, and its connections are cut.
    package func kill() {
        program.withLock { $0 }?.end(SIGKILL)
    }

    /// It reads and answers nothing until ``resume()``.
    package func freeze() { program.withLock { $0 }?.pause() }

    package func resume() { program.withLock { $0 }?.goOn() }

    /// Returns when its log has a line with this text.
    package func untilLogged(_ text: String) async {
        await program.withLock { $0 }?.until { lines in lines.contains { $0.contains(text) } }
    }

    /// A client that prints each message of all topics as `RETAINED QOS TOPIC PAYLOAD`, when it is subscribed.
    package func subscriber() async throws -> LineProgram {
        var arguments = [
            // A line at a time, also where the output is a pipe.
            "stdbuf", "-oL", "mosquitto_sub", "-h", options.isSecure ? "localhost" : "127.0.0.1", "-p", "\(port)", "-q",
            "1", "-t", "#",
            "-F", "%r %q %t %p", "-d",
        ]
        if let login = options.login { arguments += ["-u", login.user, "-P", login.password] }
        if options.isSecure { arguments += ["--cafile", authority] }
        let subscriber = try LineProgram(arguments)
        let lines = await subscriber.until { lines in lines.contains { $0.hasPrefix("Subscribed") } }
        guard lines.contains(where: { $0.hasPrefix("Subscribed") }) else {
            throw LineProgram.StartError(description: lines.joined(separator: "\n"))
        }
        return subscriber
    }

    /// Publishes as another program does.
    package func publish(_ topic: String, _ payload: String, isRetained: Bool = false) async throws {
        let publisher = try LineProgram(
            ["mosquitto_pub", "-h", "127.0.0.1", "-p", "\(port)", "-t", topic, "-m", payload, "-q", "1"]
                + (isRetained ? ["-r"] : []))
        await publisher.until { _ in false }
    }

    private var configuration: String {
        var lines = [
            // Started as root it would give up its rights, and not read the files of the test.
            "user root", "listener \(port) \(options.isSecure ? "" : "127.0.0.1")", "log_dest stderr",
            "log_type error", "log_type warning", "log_type notice", "log_type information",
            "allow_anonymous \(options.login == nil)", "persistence \(options.persists)",
        ]
        if options.login != nil { lines.append("password_file \(directory.file("passwords"))") }
        if options.persists { lines += ["persistence_location \(directory.path)/", "autosave_interval 1"] }
        if options.isSecure {
            lines += ["certfile \(directory.file("broker.pem"))", "keyfile \(directory.file("broker.key"))"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func makeCertificates() async throws {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        let calls = [
            key + ["-subj", "/CN=Test authority", "-keyout", directory.file("ca.key"), "-out", authority],
            key + [
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-CA", authority, "-CAkey",
                directory.file("ca.key"), "-keyout", directory.file("broker.key"), "-out", directory.file("broker.pem"),
            ],
        ]
        for arguments in calls {
            let made = try LineProgram(["openssl", "req", "-x509"] + arguments)
            await made.until { _ in false }
        }
    }
}
