import ArgumentParser
import Console
import Glibc
import Pulsoid
import PulsoidAPI
import Setup
import Tokens
import UploaderConfiguration
import WebClient

struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Get a token from Pulsoid or from your hub, or check and store one.",
        discussion: """
            Without a subcommand it is `login pulsoid`, which works with a hub too.

            Cardiogram offers no way to check a token without writing beats. Put its token into the token_file \
            yourself (mode 600).
            """,
        subcommands: [LoginPulsoidCommand.self], defaultSubcommand: LoginPulsoidCommand.self)
}

struct LoginPulsoidCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulsoid",
        abstract: "Get a token of Pulsoid or of a hub: confirm a code on your phone, or paste it.",
        discussion: """
            At a hub, and at Pulsoid with a client ID, you confirm a code on your phone. Otherwise you paste a token.

            It checks the token and saves it in the token_file of the configuration, or in --output. Only you can \
            read the file. A running uploader uses it within a minute. A token is never an argument, because others \
            could read it in the list of processes.
            """, aliases: ["hub"])

    @OptionGroup var file: ConfigurationFileOptions
    @Option(help: "The strap of the token, if the configuration has several token files.")
    var strap: String?
    @Option(help: ArgumentHelp("The file to save the token in.", valueName: "path"), completion: .file())
    var output: String?
    @Flag(help: "Read a token from stdin, without echo.")
    var tokenStdin = false
    @Option(
        name: .customLong("client-id"),
        help: "Your client ID from Pulsoid (default: services.pulsoid.client_id of the configuration).")
    var clientID: String?
    @Option(
        help: ArgumentHelp(
            "A scope of the token (default: \(PulsoidScope.heartRateWrite.rawValue)). Repeatable.",
            valueName: "scope"), transform: Self.scope)
    var scope: [PulsoidScope] = []
    @Option(help: ArgumentHelp("The address of Pulsoid, or of a hub, that checks the token.", valueName: "url"))
    var address: String?
    @Option(help: ArgumentHelp("The address of the OAuth server.", valueName: "url"))
    var oauthAddress: String?

    func validate() throws {
        guard let word = file.named, let service = DestinationSection.Service(rawValue: word.lowercased()) else {
            return
        }
        throw ValidationError(
            "\(service.rawValue) has no login. Put its token into the token_file of the configuration (mode 600).")
    }

    private var scopes: [PulsoidScope] { scope.isEmpty ? [.heartRateWrite] : scope }

    func run() async throws {
        do {
            try await logIn()
        } catch is CancellationError {
            throw CommandError("Stopped. No token was kept.", ExitCode(130))
        }
    }

    private func logIn() async throws {
        let plan = try LoginPlan(
            configuration: configuration(), strap: strap, output: output,
            address: address, oauthAddress: oauthAddress, clientID: clientID)
        for warning in [plan.address, plan.oauthAddress].compactMap(\.encryptionWarning) {
            StandardStream.error.print("warning: \(warning)")
        }
        let login = PulsoidLogin(
            address: plan.address, oauthAddress: plan.oauthAddress, clientID: plan.clientID, network: plan.network,
            scopes: scopes)
        let token = try await self.token(login)
        try await login.check(token)
        try plan.write(token)
        StandardStream.output.print("The token is good, and is in \(plan.paths.joined(separator: ", ")).")
    }

    private func token(_ login: PulsoidLogin) async throws -> StoredToken {
        if tokenStdin { return try await typedToken() }
        guard login.clientID == nil else { return try await login.confirmedToken() }
        guard isatty(STDIN_FILENO) == 1 else { throw LoginPlan.Problem.noClientID }
        StandardStream.output.print([TokenAdvice(login.address).make(scopes.map(\.rawValue).joined(separator: " "))])
        return try await typedToken()
    }

    /// Not looked for where --output already says where the token goes.
    private func configuration() throws -> Configuration? {
        if file.named == nil, output != nil, strap == nil { return nil }
        return try file.optionalPath().map { try ConfigurationFile.read($0) }
    }

    private func typedToken() async throws -> StoredToken {
        guard let text = try await SecretPrompt.read("Paste the token (it is not shown), then Enter: ") else {
            throw LoginPlan.Problem(description: "No token came on stdin. Nothing was changed.")
        }
        guard let token = StoredToken(text) else {
            throw LoginPlan.Problem(
                description: "No token came on stdin. \(StoredToken.problem(in: text) ?? "") Nothing was changed.")
        }
        return token
    }

    private static func scope(_ text: String) throws -> PulsoidScope {
        guard let scope = PulsoidScope(rawValue: text) else {
            let known = PulsoidScope.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(text) is none of: \(known)")
        }
        return scope
    }
}
