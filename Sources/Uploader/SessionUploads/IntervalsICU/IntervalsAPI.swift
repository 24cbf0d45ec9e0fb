import DateFormats
package import Destinations
import FoundationEssentials
import Timing
import Tokens
import WebClient

/// The calls of intervals.icu's API that Strapline needs. The athlete `0` is the owner of the key.
///
/// [API](https://intervals.icu/api-docs.html)
package struct IntervalsAPI: Sendable {
    package static let standardAddress = "https://intervals.icu"
    private static let athlete = "/api/v1/athlete/0"

    let service: ServiceAddress
    private let source: TokenSource
    private let client: WebClient
    private let time: any TimeSource

    /// - Throws: ``MissingSetting``.
    package init(_ settings: SessionDestinationSettings, _ context: DestinationContext) throws {
        service = try settings.requiredAddress()
        source = try settings.requiredToken()
        client = UploadClient.client(context)
        time = context.time
    }

    private var advice: String { "Check the API key in \(source): https://intervals.icu/settings shows it." }

    /// Uploads a file. A service that knows the `external_id` changes nothing.
    func upload(_ file: SessionFile) async -> SessionUploadOutcome {
        let form = MultipartForm(file: file.bytes, named: file.name)
        let query = "?external_id=\(Self.escaped(file.externalID))&name=\(Self.escaped(file.title))"
        return await outcome(.send(contentType: form.contentType), "/activities" + query, form.bytes)
    }

    /// Finds an activity by its `external_id` among those of its days.
    func find(_ file: SessionFile) async -> SessionSearchOutcome {
        let day: Int64 = 86_400_000
        // Days there are local ones.
        let query =
            "?oldest=\(Self.date(file.startMilliseconds - day))&newest=\(Self.date(file.endMilliseconds + day))"
            + "&fields=id,external_id"
        let response: WebResponse
        let token: AccessToken
        do {
            token = try source.read()
            response = try await send(.get, "/activities" + query, [], token)
        } catch {
            return .failed(Self.failure(error))
        }
        let answer = answer(response, to: token)
        guard case .success = response.responseClass(time) else { return .failed(answer.failedSearch(time)) }
        guard let activities = try? JSONDecoder().decode([Activity].self, from: Data(response.body)) else {
            return .failed(.tryLater(after: nil, reason: answer.message(for: .unexpected)))
        }
        let found = activities.first { activity in
            // Some services add the ending of the file.
            activity.externalID == file.externalID || activity.externalID?.hasPrefix(file.externalID + ".") == true
        }
        return found.map { .found(id: $0.id) } ?? .missing
    }

    /// Writes values of a day: those that are nil stay. `date` is a local one: `2026-11-29`.
    package func putWellness(_ wellness: IntervalsWellness, date: String) async -> SessionUploadOutcome {
        guard let body = try? JSONEncoder().encode(wellness) else { return .refused(reason: "There is no value.") }
        return await outcome(.put(contentType: "application/json"), "/wellness/\(Self.escaped(date))", Array(body))
    }

    func probe() async throws -> ProbeAnswer {
        guard let token = try? source.read() else {
            _ = try await client.send(to: RequestTemplate(.get, service, path: "/"))
            return .reachable
        }
        let response = try await send(.get, "", [], token)
        return ProbeAnswer(answer(response, to: token), time)
    }

    private func outcome(
        _ method: RequestTemplate.Method, _ path: String, _ body: [UInt8]
    ) async -> SessionUploadOutcome {
        do {
            let token = try source.read()
            return answer(try await send(method, path, body, token), to: token).outcome(time)
        } catch {
            return Self.failure(error)
        }
    }

    private func send(
        _ method: RequestTemplate.Method, _ path: String, _ body: [UInt8], _ token: AccessToken
    ) async throws -> WebResponse {
        try await client.send(
            to: RequestTemplate(method, service, path: Self.athlete + path),
            headers: [("Authorization", Self.login(with: token).header)], bytes: body)
    }

    private func answer(_ response: WebResponse, to token: AccessToken) -> UploadResponse {
        UploadResponse(response: response, service: service, advice: advice) { text in
            Self.login(with: token).removed(from: token.removed(from: text))
        }
    }

    private static func login(with token: AccessToken) -> BasicLogin {
        BasicLogin(user: "API_KEY", password: token.revealed)
    }

    static func failure(_ error: any Error) -> SessionUploadOutcome {
        error is TokenError ? .pause(reason: "\(error)") : .tryLater(after: nil, reason: "\(error)")
    }

    /// For a query: letters, digits, hyphens and dots stay.
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 128 && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            if isPlain || "-._".unicodeScalars.contains(scalar) { return String(Character(scalar)) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private static func date(_ milliseconds: Int64) -> String {
        String(ISO8601.text(milliseconds: milliseconds).prefix(10))
    }

    private struct Activity: Decodable {
        let id: String?
        let externalID: String?

        enum CodingKeys: String, CodingKey {
            case id
            case externalID = "external_id"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try? container.decodeIfPresent(String.self, forKey: .id)
            externalID = try? container.decodeIfPresent(String.self, forKey: .externalID)
        }
    }
}

/// Values of a day at intervals.icu.
package struct IntervalsWellness: Encodable, Sendable, Equatable {
    /// In ms.
    package var rmssd: Double?
    /// In ms.
    package var sdnn: Double?
    package var restingHeartRate: Int?

    package init(rmssd: Double?, sdnn: Double?, restingHeartRate: Int?) {
        self.rmssd = rmssd
        self.sdnn = sdnn
        self.restingHeartRate = restingHeartRate
    }

    enum CodingKeys: String, CodingKey {
        case rmssd = "hrv"
        case sdnn = "hrvSDNN"
        case restingHeartRate = "restingHR"
    }
}
