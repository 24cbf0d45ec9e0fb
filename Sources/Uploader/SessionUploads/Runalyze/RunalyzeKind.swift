import Destinations
import Recordings
import Timing
import Tokens
import WebClient

/// `service: runalyze`, with a personal API token.
struct RunalyzeKind: SessionDestinationKind {
    let name = "runalyze"
    let title = "Runalyze"
    let addressRule = AddressRule.service(standard: "https://runalyze.com")
    let isAccount = true
    let tokenGuide: String? = "Make a token at https://runalyze.com/settings/personal-api, with the right to upload."

    func summary(of settings: SessionDestinationSettings) -> String { "FIT files" }

    func destination(
        _ settings: SessionDestinationSettings, _ context: DestinationContext
    ) throws -> any SessionDestination {
        try RunalyzeDestination(settings, context)
    }

    func probe(_ settings: SessionDestinationSettings, _ context: DestinationContext) async throws -> ProbeAnswer {
        try await RunalyzeDestination(settings, context).probe()
    }
}

/// Uploads FIT files to Runalyze. It cannot be asked for a session, and recognises a repeated one itself.
struct RunalyzeDestination: SessionDestination {
    let format = RecordingFormat.fit
    private let service: ServiceAddress
    private let source: TokenSource
    private let client: WebClient
    private let time: any TimeSource

    init(_ settings: SessionDestinationSettings, _ context: DestinationContext) throws {
        service = try settings.requiredAddress()
        source = try settings.requiredToken()
        client = UploadClient.client(context)
        time = context.time
    }

    private var advice: String {
        "Check the token in \(source), and its right to upload: https://runalyze.com/settings/personal-api."
    }

    func upload(_ file: SessionFile) async -> SessionUploadOutcome {
        let form = MultipartForm(file: file.bytes, named: file.name)
        do {
            let token = try source.read()
            let response = try await client.send(
                to: RequestTemplate(
                    .send(contentType: form.contentType), service, path: "/api/v1/activities/uploads"),
                headers: [("token", token.revealed)], bytes: form.bytes)
            return answer(response, to: token).outcome(time)
        } catch {
            return IntervalsAPI.failure(error)
        }
    }

    func probe() async throws -> ProbeAnswer {
        guard let token = try? source.read() else {
            _ = try await client.send(to: RequestTemplate(.get, service, path: "/"))
            return .reachable
        }
        let response = try await client.send(
            to: RequestTemplate(.get, service, path: "/api/v1/ping"), headers: [("token", token.revealed)])
        return ProbeAnswer(answer(response, to: token), time)
    }

    private func answer(_ response: WebResponse, to token: AccessToken) -> UploadResponse {
        UploadResponse(
            response: response, service: service, advice: advice, withoutSecrets: { token.removed(from: $0) })
    }
}
