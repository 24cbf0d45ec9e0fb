import ArgumentParser
import Destinations
import Tokens
import UploaderConfiguration
import WebClient

/// Finds straps whose wearers would appear as one person at a service, and keeps them apart unless they are one.
struct SamePerson {
    let context: SetupContext

    private typealias Other = (strap: String, destination: DestinationSection)

    /// Whether the strap may have this token; asks the user if another strap has it. `isGiven` is whether the token is
    /// fixed, so that no other one can be asked for.
    ///
    /// - Throws: ``SetupError`` if there is no user to ask, or no other token.
    func permits(
        _ token: StoredToken, of strap: String, at service: DestinationSection.Service, address: String?, isGiven: Bool
    ) async throws -> Bool {
        guard service.kind.userRule == .token else { return true }
        let other = try others(of: strap, at: service, address).first { other in
            guard let path = context.layout.tokenFile(of: other.destination) else { return false }
            return (try? TokenSource.file(path: path).stored())?.access == token.access
        }
        return try await permits(other, strap, noun: "token", isGiven: isGiven)
    }

    /// The same for the option that names the user at a service, such as `user_id`.
    func permits(
        _ options: OptionValues, of strap: String, at service: DestinationSection.Service, address: String?
    ) async throws -> Bool {
        guard case .option(let key) = service.kind.userRule, let value = options.text(key) else { return true }
        let other = try others(of: strap, at: service, address).first { $0.destination.options.text(key) == value }
        return try await permits(other, strap, noun: "`\(key)`", isGiven: context.options.value(of: key) != nil)
    }

    private func permits(_ other: Other?, _ strap: String, noun: String, isGiven: Bool) async throws -> Bool {
        guard let other, !context.options.samePerson else { return true }
        let questions = context.questions
        let sentence =
            "\(other.strap) has this \(noun) already: \(other.strap) and \(strap) would appear as one person."
        if questions.isUnattended || isGiven {
            throw SetupError(
                description: "\(sentence) Give \(strap) a \(noun) of its own. If one person wears both straps, add "
                    + "--same-person.", code: .validationFailure)
        }
        await questions.show(sentence)
        return try await questions.confirm("Does one person wear both straps?", defaultAnswer: false)
    }

    /// The destinations of the other straps at the same server.
    private func others(
        of strap: String, at service: DestinationSection.Service, _ address: String?
    ) throws -> [Other] {
        guard let configuration = try context.configuration() else { return [] }
        let kind = service.kind
        func server(_ address: String?) -> ServiceAddress? {
            (address ?? configuration.services?[kind]?.address ?? kind.standardAddress).flatMap {
                try? kind.address($0)
            }
        }
        let own = server(address)
        return configuration.straps.filter { $0.name != strap }.flatMap { other in
            other.destinations.filter { $0.service == service && server($0.address) == own }.map { (other.name, $0) }
        }
    }
}

extension ServiceLayout {
    /// The file with the token of a destination; nil if it is in no file. Of a credential it is the file that systemd
    /// takes it from.
    func tokenFile(of destination: DestinationSection) -> String? {
        destination.tokenFile ?? destination.tokenCredential.flatMap(file(ofCredential:))
    }
}
