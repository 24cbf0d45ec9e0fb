import ArgumentParser
import Console
import Files
import Logging
import Pulsoid
import ServiceManager
import Tokens
import WebClient

/// Where a reader reads from, with which token, and how it prints.
struct ServiceOptions: ParsableArguments {
    /// Holds the token unless an option names another place.
    static let standardVariable = "PULSOID_TOKEN"

    @Option(help: ArgumentHelp("The address of Pulsoid, or of a hub.", valueName: "url"))
    var address = "https://dev.pulsoid.net"
    @Option(help: ArgumentHelp("The file of the token.", valueName: "path"), completion: .file())
    var tokenFile: String?
    @Option(
        help: ArgumentHelp(
            "The environment variable of the token (default: \(standardVariable)).", valueName: "variable"))
    var tokenEnvironment: String?
    @Option(help: ArgumentHelp("The systemd credential of the token.", valueName: "name"))
    var tokenCredential: String?
    @Option(
        help: ArgumentHelp(
            "A file of certificates (PEM) to trust in addition to those of the system, for a hub.",
            valueName: "path"), completion: .file())
    var caFile: String?
    @Flag(help: "Print one JSON object per line.")
    var json = false

    func validate() throws {
        if [tokenFile, tokenEnvironment, tokenCredential].compactMap({ $0 }).count > 1 {
            throw ValidationError("Give one of --token-file, --token-environment and --token-credential.")
        }
    }

    var token: TokenSource {
        if let tokenFile { return .file(path: tokenFile) }
        if let tokenCredential { return .credential(name: tokenCredential) }
        return .environment(variable: tokenEnvironment ?? Self.standardVariable)
    }

    /// Whether the newest values are shown in place: for a reader, not for a program.
    var showsBoard: Bool { !json && StandardStream.output.obeysControls }

    func client() throws -> PulsoidClient {
        let isNamed = tokenFile != nil || tokenEnvironment != nil || tokenCredential != nil
        if !isNamed, ProcessEnvironment.value(of: Self.standardVariable) == nil {
            throw CommandError(
                "no token: name a file that holds one with --token-file, or set \(Self.standardVariable). It must be "
                    + "one that may read: the uploader's may only write", .notPermitted)
        }
        return try PulsoidClient(
            service: ServiceAddress(address), token: token, client: webClient(), certificates: certificates(),
            logger: ProgramLog.logger(level: .warning))
    }

    func webClient() throws -> WebClient {
        WebClient(network: NetworkSettings(certificates: try certificates()))
    }

    private func certificates() throws -> ExtraCertificates? { try caFile.map { try ExtraCertificates(file: $0) } }
}

/// What happens to the connection of a stream, in words for stderr.
enum StreamNotice {
    /// On the board, where there is one, else on stderr.
    static func show(_ notice: String, on board: inout LiveBoard?) {
        if board == nil { StandardStream.error.print(notice) } else { board?.show(notice: notice) }
    }

    /// Nil for a message, which is no notice.
    static func text<Message>(_ event: PulsoidEvent<Message>) -> String? {
        switch event {
        case .connected: "connected"
        case .disconnected(let reason, let wait):
            "disconnected: \(reason) Trying again in \(wait.components.seconds) s."
        case .message: nil
        }
    }
}
