import ArgumentParser
import Console
import Destinations
import Files
import FoundationEssentials
import Logging
import PulsoidAPI
import ServiceManager
import TextFormats
package import Tokens
package import UploaderConfiguration
package import WebClient

/// Gets tokens and puts them into their places.
package struct SetupTokens {
    let context: SetupContext
    /// The services of the existing configuration.
    let services: ServicesSection?
    let network: NetworkSettings
    /// The token from stdin, or from a file that the uploader may not read; read once.
    var given: StoredToken?
    /// The file of the token, existing or new; nil lets the layout choose.
    var path: String?

    package init(
        _ context: SetupContext, services: ServicesSection?, network: NetworkSettings, given: StoredToken?
    ) {
        self.context = context
        self.services = services
        self.network = network
        self.given = given
        path = context.options.tokenPath
    }

    /// The tokens for a strap that names its own file.
    func reading(_ file: String?) throws -> SetupTokens {
        guard let file else { return self }
        var tokens = self
        tokens.path = file
        tokens.given = place.isForUploader(file) ? nil : try TokenSource.file(path: file).stored()
        return tokens
    }

    private var questions: SetupQuestions { context.questions }
    private var place: ServiceLayout { context.layout }
    private var options: SetupOptions { context.options }
    private var person: SamePerson { SamePerson(context: context) }

    /// The token of a new destination, kept; returns how the configuration names its place.
    func keep(_ target: SetupTarget, of strap: String) async throws -> DestinationEntry.Token {
        let file = path.flatMap { place.isForUploader($0) ? $0 : nil }
        if let file, given == nil {
            let token = try TokenSource.file(path: file).stored()
            await makePrivate(file)
            try await mustBeGood(token, of: file, target)
            _ = try await person.permits(
                token, of: strap, at: target.service, address: target.address, isGiven: true)
            return .file(file)
        }
        let token = try await token(for: target.service, of: strap, address: target.address)
        let kept = place.token(named: target.tokenName(of: strap), isRenewed: token.refresh != nil)
        let chosen = file.map { (path: $0, entry: DestinationEntry.Token.file($0)) } ?? kept
        try SetupFile.write(try token.fileText, to: chosen.path, .token)
        await questions.show("The token is in \(chosen.path).")
        return chosen.entry
    }

    /// Where the token of a destination will be, if the user stops before it is there.
    func later(_ target: SetupTarget, of strap: String) -> DestinationEntry.Token {
        if let path, place.isForUploader(path) { return .file(path) }
        return place.token(named: target.tokenName(of: strap), isRenewed: false).entry
    }

    /// - Throws: ``SetupError`` if the service rejects the token of an existing file.
    private func mustBeGood(_ token: StoredToken, of file: String, _ target: SetupTarget) async throws {
        do throws(CheckFailure) {
            try await check(token, for: target.service.kind, target.address)
        } catch .rejected(let reason) {
            throw SetupError(description: "\(file): \(reason)", code: .notPermitted)
        } catch .unchecked(let reason) {
            await questions.show("The token in \(file) could not be checked: \(reason)")
            guard try await questions.confirm("Keep it unchecked?", defaultAnswer: true) else {
                throw SetupError.byPerson
            }
        }
    }

    /// The uploader warns of a token that others may read, and `check` refuses it.
    private func makePrivate(_ file: String) async {
        for notice in PrivateMode.restore([file]) { await questions.show(notice.sentence) }
    }

    /// A token that does what it is for, as far as that can be found out.
    package func token(
        for service: DestinationSection.Service, of strap: String, address: String?
    ) async throws -> StoredToken {
        if let address = try address.map({ try service.kind.address($0) }),
            let warning = service.kind.encryptionWarning(of: address, hasToken: true)
        {
            await questions.show("Warning: \(warning)")
        }
        while true {
            let token = if let given { given } else { try await obtain(service, strap, address) }
            let isOwn = try await person.permits(
                token, of: strap, at: service, address: address, isGiven: given != nil)
            guard isOwn else { continue }
            do throws(CheckFailure) {
                try await check(token, for: service.kind, address)
                return token
            } catch .rejected(let reason) {
                try await refuse(reason, code: .notPermitted)
            } catch .unchecked(let reason) {
                await questions.show("The token could not be checked: \(reason)")
                if try await questions.confirm("Keep it unchecked?", defaultAnswer: true) { return token }
            }
        }
    }

    private func refuse(_ reason: String, code: ExitCode) async throws(SetupError) {
        if questions.isUnattended || given != nil { throw SetupError(description: reason, code: code) }
        await questions.show(reason)
    }

    /// The server that issues the token; nil for a service without an address.
    private func server(of service: DestinationSection.Service?, _ address: String?) throws -> ServiceAddress? {
        guard let kind = service?.kind else { return nil }
        return try (address ?? services?[kind]?.address ?? kind.standardAddress).map { try kind.address($0) }
    }

    private func obtain(
        _ service: DestinationSection.Service, _ strap: String, _ address: String?
    ) async throws -> StoredToken {
        if questions.isUnattended {
            throw SetupError(
                description: "No token: give --token-file with one in it, or --token-stdin.", code: .validationFailure)
        }
        let guide = service.kind.tokenGuide
        if guide.hasDeviceLogin, address == nil, clientID != nil,
            try await questions.confirm("Confirm a code on your phone? Else a token is pasted.", defaultAnswer: true)
        {
            return try await login(address).confirmedToken()
        }
        if let scope = guide.scope, let server = try self.server(of: service, address) {
            await questions.show(TokenAdvice(server).make(scope))
        }
        if let form = guide.form { await questions.show(form) }
        await questions.show("It is the token of \(strap).")
        while true {
            let text = try await questions.secret("Paste the token (it is not shown), then Enter: ")
            if let token = StoredToken(text) { return token }
            await questions.show("\(StoredToken.problem(in: text) ?? "") Ctrl-C stops.")
        }
    }

    /// Why a token is not known to be good.
    private enum CheckFailure: Error {
        case rejected(String)
        case unchecked(String)
    }

    /// Asks the service about the token, if it has a call for that.
    private func check(
        _ token: StoredToken, for kind: any DestinationKind, _ address: String?
    ) async throws(CheckFailure) {
        guard kind.tokenGuide.isChecked else { return }
        switch await answer(to: token, of: kind, address) {
        case .reachable, .validated(_, _, nil): await questions.show("The token is good.")
        case .validated(_, let scopes, let missing?):
            let has = scopes.map { $0.printable() }.joined(separator: ", ")
            let make = try? server(of: DestinationSection.Service(rawValue: kind.name), address).map {
                TokenAdvice($0).make(missing)
            }
            throw .rejected(
                "The token lacks the scope \(missing); it has: \(has.isEmpty ? "none" : has). It was not kept. "
                    + (make ?? "Make one with that scope."))
        case .refused(_, let description): throw .rejected(description)
        case .unreachable(let reason): throw .unchecked(reason)
        }
    }

    private func answer(to token: StoredToken, of kind: any DestinationKind, _ address: String?) async -> ProbeAnswer {
        let service = services?[kind]
        let context = DestinationContext(
            client: WebClient(network: network), network: network, logger: ProgramLog.logger(level: .warning))
        do {
            let settings = DestinationSettings(
                name: kind.name,
                address: try (address ?? service?.address ?? kind.standardAddress).map { try kind.address($0) },
                token: .given(token.access), service: service?.options ?? OptionValues())
            return try await kind.probe(settings, isTokenReadable: true, context)
        } catch {
            return .unreachable("\(error)")
        }
    }

    private var clientID: String? { options.clientID ?? services?.pulsoid?.clientID }

    private func login(_ address: String?) throws -> PulsoidLogin {
        let pulsoid = services?.pulsoid
        return PulsoidLogin(
            address: try ServiceAddress(address ?? pulsoid?.address ?? PulsoidPath.publicBaseURL),
            oauthAddress: try ServiceAddress(pulsoid?.oauthAddress ?? OAuthPath.publicBaseURL), clientID: clientID,
            network: network, scopes: [.heartRateWrite])
    }
}
