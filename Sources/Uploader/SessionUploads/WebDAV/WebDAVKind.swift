import Destinations
import Recordings
import Tokens
import WebClient

/// `service: webdav`: a folder of a WebDAV server, or any address that takes a `PUT` of a file.
struct WebDAVKind: SessionDestinationKind {
    static let user = "user"
    static let passwordFile = "password_file"
    static let headersFile = "headers_file"

    let name = "webdav"
    let title = "WebDAV"
    let addressRule = AddressRule.service(standard: nil)
    let tokenRule = TokenRule.optional
    let options = [
        DestinationOption(user, .text, prompt: "The user (Enter for none):"),
        DestinationOption(passwordFile, .text, prompt: "The file with the password (Enter for none):"),
        DestinationOption(headersFile, .text),
        SessionFormatOption.option,
    ]

    func summary(of settings: SessionDestinationSettings) -> String {
        let user = settings.options.text(Self.user).map { " as \($0)" } ?? ""
        return "\(SessionFormatOption.format(settings.options).rawValue) files by PUT\(user)"
    }

    func furtherMistake(in values: OptionValues) -> OptionMistake? {
        let (user, password) = (values.text(Self.user), values.text(Self.passwordFile))
        if user?.contains(":") == true {
            return OptionMistake(key: Self.user, message: "`user` must not have a colon")
        }
        guard (user == nil) != (password == nil) else { return nil }
        return OptionMistake(
            key: user == nil ? Self.passwordFile : Self.user, message: "give both `user` and `password_file`, or none")
    }

    func problems(with settings: SessionDestinationSettings) -> [String] {
        do {
            _ = try WebDAVSecrets(settings).headers()
        } catch {
            return ["\(error)"]
        }
        return WebDAVSecrets(settings).warnings
    }

    func destination(
        _ settings: SessionDestinationSettings, _ context: DestinationContext
    ) throws -> any SessionDestination {
        try WebDAVDestination(settings, context)
    }

    func probe(_ settings: SessionDestinationSettings, _ context: DestinationContext) async throws -> ProbeAnswer {
        try await WebDAVDestination(settings, context).probe()
    }
}
