import ArgumentParser
import Console
import Destinations
import FoundationEssentials
import Pulsoid
import PulsoidAPI
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
    let given: StoredToken?

    package init(
        _ context: SetupContext, services: ServicesSection?, network: NetworkSettings, given: StoredToken?
    ) {
        self.context = context
        self.services = services
        self.network = network
        self.given = given
    }

    private var questions: SetupQuestions { context.questions }
    private var place: ServiceLayout { context.layout }
    private var options: SetupOptions { context.options }

    /// The token of a new destination, kept; returns how the configuration names its place.
    func keep(
        for service: DestinationSection.Service, of strap: String, address: String?
    ) async throws -> DestinationEntry.Token {
        let file = options.tokenPath.flatMap { place.isForUploader($0) ? $0 : nil }
        if let file, given == nil {
            _ = try TokenSource.file(path: file).stored()
            return .file(file)
        }
        let token = try await token(for: service, of: strap, address: address)
        let name = "\(service.rawValue)-\(StrapEntry.plain(strap))"
        let kept = place.token(named: name, isRenewed: token.refresh != nil)
        let target = file.map { (path: $0, entry: DestinationEntry.Token.file($0)) } ?? kept
        try SetupFile.write(try token.fileText, to: target.path, .token)
        await questions.show("The token is in \(target.path).")
        return target.entry
    }

    /// A token that does what it is for, as far as that can be found out.
    package func token(
        for service: DestinationSection.Service, of strap: String, address: String?
    ) async throws -> StoredToken {
        if let warning = try address.map({ try service.kind.address($0) })?.encryptionWarning {
            await questions.show("Warning: \(warning)")
        }
        while true {
            let token = if let given { given } else { try await obtain(service, strap, address) }
            do {
                try await check(token, for: service, address)
                return token
            } catch let error as LoginPlan.Problem {
                try await refuse(error, code: .notPermitted)
            } catch let error as PulsoidError {
                if error.code == .unavailable {
                    await questions.show("The token could not be checked: \(error)")
                    if try await questions.confirm("Keep it unchecked?", defaultAnswer: true) { return token }
                } else {
                    try await refuse(error, code: .notPermitted)
                }
            }
        }
    }

    private func refuse(_ error: some CustomStringConvertible, code: ExitCode) async throws(SetupError) {
        if questions.isUnattended || given != nil { throw SetupError(description: "\(error)", code: code) }
        await questions.show("\(error)")
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
        if address == nil, let page = guide.page, let scope = guide.scope {
            await questions.show("Make a token for \(strap) at \(page), scope \(scope).")
        } else if address != nil, let scope = guide.scope {
            await questions.show(
                "Make a token for \(strap) on the hub: strapline-hub token issue --user \(strap) --scope \(scope)")
        }
        while true {
            let text = try await questions.secret("Paste the token (it is not shown), then Enter: ")
            if let token = StoredToken(text) { return token }
            await questions.show("\(StoredToken.problem(in: text) ?? "") Ctrl-C stops.")
        }
    }

    private func check(_ token: StoredToken, for service: DestinationSection.Service, _ address: String?) async throws {
        guard service.kind.tokenGuide.isChecked else { return }
        try await login(address).check(token)
        await questions.show("The token is good.")
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
