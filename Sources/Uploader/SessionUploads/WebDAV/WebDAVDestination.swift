import Destinations
import Recordings
import Timing
import Tokens
import WebClient

/// Puts each session as a file below an address. The same session has the same address and bytes, so that a repeated
/// upload changes nothing.
struct WebDAVDestination: SessionDestination {
    let format: RecordingFormat
    private let folder: ServiceAddress
    private let secrets: WebDAVSecrets
    private let client: WebClient
    private let time: any TimeSource

    init(_ settings: SessionDestinationSettings, _ context: DestinationContext) throws {
        format = SessionFormatOption.format(settings.options)
        folder = try settings.requiredAddress()
        secrets = WebDAVSecrets(settings)
        client = UploadClient.client(context)
        time = context.time
    }

    func upload(_ file: SessionFile) async -> SessionUploadOutcome {
        do {
            let response = try await client.send(
                to: RequestTemplate(
                    .put(contentType: format.contentType), folder, path: "/" + IntervalsAPI.escaped(file.name)),
                headers: try secrets.headers(), bytes: file.bytes)
            return outcome(of: response, file)
        } catch let error as WebError {
            return .tryLater(after: nil, reason: "\(error)")
        } catch {
            return .pause(reason: "\(error)")
        }
    }

    private func outcome(of response: WebResponse, _ file: SessionFile) -> SessionUploadOutcome {
        // Many servers name a short text HTML.
        if (200...299).contains(response.status), !response.startsLikePage { return .uploaded(id: file.name) }
        let reason = { (responseClass: ResponseClass) in
            secrets.removed(from: response.message(for: responseClass, from: folder))
        }
        switch response.status {
        case 404, 409:
            return .pause(reason: "\(reason(.refused)) Is the folder there? Make it, or correct `address`.")
        case 423: return .tryLater(after: nil, reason: reason(.refused))
        default: break
        }
        switch response.responseClass(time) {
        case .notAuthorised, .paymentRequired:
            return .pause(reason: "\(reason(.notAuthorised)) Check \(secrets.places) and the rights there.")
        case .wrongAddress: return .pause(reason: reason(.wrongAddress))
        case .refused: return .refused(reason: reason(.refused))
        case .tryLater(let wait): return .tryLater(after: wait, reason: reason(.tryLater(after: nil)))
        case .redirected(let target): return .tryLater(after: nil, reason: reason(.redirected(to: target)))
        case .success, .page: return .tryLater(after: nil, reason: reason(.page))
        case .unexpected: return .tryLater(after: nil, reason: reason(.unexpected))
        }
    }

    /// Whether the server answers and takes the login. A folder need not be readable: other answers say nothing.
    func probe() async throws -> ProbeAnswer {
        let headers: [(String, String)]
        do {
            headers = try secrets.headers()
        } catch {
            return .refused(.wrongSetting, description: "\(error)")
        }
        let response = try await client.send(to: RequestTemplate(.get, folder, path: "/"), headers: headers)
        guard response.status == 401 else { return .reachable }
        let reason = secrets.removed(from: response.message(for: .notAuthorised, from: folder))
        return .refused(.notAuthorised, description: "\(reason) Check \(secrets.places).")
    }
}

/// What a WebDAV server gets to know the user: a login, a token or other headers.
struct WebDAVSecrets: Sendable {
    private let user: String?
    private let password: SecretFile?
    private let token: TokenSource?
    private let file: SecretHeaders?

    init(_ settings: SessionDestinationSettings) {
        user = settings.options.text(WebDAVKind.user)
        password = settings.options.text(WebDAVKind.passwordFile).map { SecretFile(path: $0) }
        token = settings.token
        file = settings.options.text(WebDAVKind.headersFile).map { SecretHeaders(path: $0) }
    }

    /// Read again for each request.
    /// - Throws: `SecretFile.Problem`, `SecretHeaders.Problem`, `TokenError`.
    func headers() throws -> [(String, String)] {
        var headers: [(String, String)] = []
        if let login = try login() { headers.append(("Authorization", login.header)) }
        if let token { headers.append(("Authorization", try token.read().bearer)) }
        return headers + (try file?.read().map { ($0.name, $0.value) } ?? [])
    }

    private func login() throws -> BasicLogin? {
        guard let user, let password else { return nil }
        return BasicLogin(user: user, password: try password.read())
    }

    var warnings: [String] { [password?.warning, token?.warning, file?.warning].compactMap(\.self) }

    /// Where the secrets are, in words.
    var places: String {
        let places = [password.map { "\($0)" }, token.map { "\($0)" }, file.map { "\($0)" }].compactMap(\.self)
        return places.isEmpty ? "whether it needs a `user` and a `password_file`" : places.joined(separator: ", ")
    }

    /// The text without the secrets, which a server may repeat.
    func removed(from text: String) -> String {
        var text = (try? token?.read())?.removed(from: text) ?? text
        if let login = try? login() { text = login.removed(from: text) }
        if let password = try? password?.read(), password.utf8.count >= 6 {
            text = text.split(separator: password, omittingEmptySubsequences: false).joined(separator: "<secret>")
        }
        return SecretHeaders.removed((try? file?.read()) ?? [], from: text)
    }
}
