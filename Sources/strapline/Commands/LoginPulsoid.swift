import ArgumentParser
import Files
import Pulsoid
import PulsoidAPI
import WebClient

struct LoginPulsoid: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulsoid",
        abstract: "Get a Pulsoid token: confirm a code on your phone, or paste a token that you have.",
        discussion: """
            The token is checked, and then put into the token_file that the configuration names, or into --output; only \
            you can read the file. A running uploader takes it within a minute. A token is never an argument: others could \
            read it in the list of processes.
            """)

    @Option(
        name: .customLong("config"), help: "The configuration file, which says where the token belongs.",
        completion: .file(extensions: ["yaml", "yml"]))
    var configuration: String?
    @Option(help: "The strap whose token it is, where the configuration has several token files.")
    var strap: String?
    @Option(help: ArgumentHelp("The file to put the token into.", valueName: "path"), completion: .file())
    var output: String?
    @Flag(help: "Read a token from stdin; what is typed is not shown.")
    var tokenStdin = false
    @Option(
        name: .customLong("client-id"),
        help: "The client id that Pulsoid has given you; or services.pulsoid.client_id in the configuration.")
    var clientID: String?
    @Option(
        help: ArgumentHelp(
            "What the token is for (default: \(PulsoidScope.heartRateWrite.rawValue)); may be given several times.",
            valueName: "scope"), transform: Self.scope)
    var scope: [PulsoidScope] = []
    @Option(help: ArgumentHelp("The address of Pulsoid, or of a hub, where the token is checked.", valueName: "url"))
    var address: String?
    @Option(help: ArgumentHelp("The address where Pulsoid gives out tokens.", valueName: "url"))
    var oauthAddress: String?

    private var scopes: [PulsoidScope] { scope.isEmpty ? [.heartRateWrite] : scope }

    func run() async throws {
        do {
            let plan = try LoginPlan(
                configuration: configuration.map { try ConfigurationFile.read($0) }, strap: strap, output: output,
                address: address, oauthAddress: oauthAddress, clientID: clientID)
            let token = tokenStdin ? try await typedToken() : try await deviceToken(plan)
            try await check(token, plan)
            try plan.write(token)
            StandardStream.output.print("The token is good, and is in \(plan.paths.joined(separator: ", ")).")
        } catch let error as LoginPlan.Problem {
            try Self.fail(error, .wrongConfiguration)
        } catch let error as ConfigurationError {
            try Self.fail(error, .wrongConfiguration)
        } catch let error as ServiceAddressError {
            throw ValidationError("\(error)")
        } catch let error as LoginError {
            try Self.fail(error, error.code == .unavailable ? .unavailable : .notPermitted)
        } catch let error as PulsoidError {
            try Self.fail(error, ExitCode(error.code))
        } catch let error as FileReplacement.Failure {
            try Self.fail(error, .cannotCreate)
        } catch is CancellationError {
            try Self.fail("Stopped. No token was kept.", ExitCode(130))
        }
    }

    private func typedToken() async throws -> StoredToken {
        guard let text = try await SecretPrompt.read("Paste the token (it is not shown), then Enter: "),
            let token = AccessToken(text)
        else {
            throw LoginPlan.Problem(description: "No token came on stdin: a token is one word. Nothing was changed.")
        }
        return StoredToken(access: token)
    }

    private func deviceToken(_ plan: LoginPlan) async throws -> StoredToken {
        guard let clientID = plan.clientID else { throw LoginPlan.Problem.noClientID }
        let oauth = try PulsoidOAuth(service: plan.oauthAddress, network: plan.network)
        return try await Interruption().cancelling {
            try await oauth.logIn(clientID: clientID, scopes: scopes, show: LoginScreen.show)
        }
    }

    /// Nothing is written that does not do what it is for.
    private func check(_ token: StoredToken, _ plan: LoginPlan) async throws {
        let client = try PulsoidClient(
            service: plan.address, token: .given(token.access), client: WebClient(network: plan.network),
            logger: Log.logger(level: .warning))
        let validation = try await client.validateToken()
        let missing = scopes.filter { !validation.grants($0) }.map(\.rawValue)
        if !missing.isEmpty {
            let has = validation.scopes.map { WebResponse.printable($0) }.joined(separator: ", ")
            throw LoginPlan.Problem(
                description: "The token lacks the scope \(missing.joined(separator: ", ")); it has: "
                    + "\(has.isEmpty ? "none" : has). It was not kept. Make one with that scope at "
                    + "\(OAuthPath.keysPage), and run this again.")
        }
    }

    private static func scope(_ text: String) throws -> PulsoidScope {
        guard let scope = PulsoidScope(rawValue: text) else {
            let known = PulsoidScope.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(text) is none of: \(known)")
        }
        return scope
    }

    private static func fail(_ error: some CustomStringConvertible, _ code: ExitCode) throws {
        StandardStream.error.print("strapline: \(error)")
        throw code
    }
}
