import CardiogramAPI
import HTTPTypes
import HubAPI
import PulsoidAPI

/// All calls of the hub. Routing, scopes, limits and the `Allow` headers follow from these rows; a test compares them
/// with openapi.json.
enum CallTable {
    static let router = CallRouter(published + page + sessions + monitoring + administration)

    /// The calls of the OpenAPI document.
    static let published = pulsoid + cardiogram + oauth + [detailedReadings, document]

    private static let pulsoid: [HubCall] = [
        HubCall(
            .post, PulsoidPath.data,
            .user(
                UserAccess(scope: PulsoidScope.heartRateWrite.rawValue), bodyBytes: { $0.readingBodyBytes },
                { try await $0.measurements.writeHeartRate($1.body, $1.grant) })),
        HubCall(
            .get, PulsoidPath.latestHeartRate,
            .user(UserAccess(scope: PulsoidScope.heartRateRead.rawValue), bodyBytes: nil) {
                try await $0.measurements.latestHeartRate($1.target, $1.grant)
            }),
        HubCall(
            .get, PulsoidPath.realTime,
            .stream(UserAccess(scope: PulsoidScope.heartRateRead.rawValue), .realTime)),
        HubCall(
            .get, "/api/v2/data/rooms/{roomId}/real_time",
            .stream(UserAccess(scope: PulsoidScope.roomRead.rawValue, pathRule: .isRoomOfUser), .room)),
        HubCall(
            .get, PulsoidPath.validateToken,
            .user(UserAccess(scope: nil), bodyBytes: nil) { $0.measurements.validation($1.grant) }),
        HubCall(
            .get, PulsoidPath.statistics,
            .user(UserAccess(scope: PulsoidScope.statisticsRead.rawValue), bodyBytes: nil) {
                try await $0.history.statistics($1.target, $1.grant)
            }),
        HubCall(
            .get, PulsoidPath.profile,
            .user(UserAccess(scope: PulsoidScope.profileRead.rawValue), bodyBytes: nil) {
                try await $0.measurements.profile($1.grant)
            }),
    ]

    private static let cardiogram: [HubCall] = [
        HubCall(
            .post, "/heart/oauth/users/{userId}/beats",
            .user(
                UserAccess(scope: HubScope.beatsWrite, pathRule: .isUser, api: .cardiogram),
                bodyBytes: { $0.beatsBodyBytes }, { try await $0.measurements.writeBeats($1.body, $1.grant) }))
    ]

    private static let oauth: [HubCall] = [
        HubCall(
            .post, PulsoidPath.deviceAuthorization, .open(.oauth) { try await $0.tokens.deviceAuthorization($1, $2) }),
        HubCall(.get, PulsoidPath.deviceConsent, .open(.oauth) { try await $0.consent.deviceConsent($1, $2) }),
        HubCall(.post, PulsoidPath.deviceConsent, .open(.oauth) { try await $0.consent.deviceConsent($1, $2) }),
        HubCall(.post, PulsoidPath.token, .open(.oauth) { try await $0.tokens.token($1, $2) }),
        HubCall(.post, PulsoidPath.revoke, .open(.oauth) { try await $0.tokens.revoke($1, $2) }),
        HubCall(.get, CardiogramPath.authorization, .open(.oauth) { try await $0.consent.authorization($1, $2) }),
        HubCall(.post, CardiogramPath.authorization, .open(.oauth) { try await $0.consent.authorization($1, $2) }),
        HubCall(.post, CardiogramPath.token, .open(.oauth) { try await $0.tokens.cardiogramToken($1, $2) }),
    ]

    /// The web page, its files, and the hub's own calls, which it uses.
    private static let page: [HubCall] =
        PageFile.allCases.map { file in
            HubCall(.get, "/page/\(file.rawValue)", route: file.route, .open(.page) { _, _, _ in file.response })
        } + [
            HubCall(.get, "/", .open(.page) { _, _, _ in PageFile.index.response }),
            HubCall(.get, "/admin", .open(.page) { _, _, _ in PageFile.administration.response }),
            HubCall(.get, "/sessions", .open(.page) { _, _, _ in PageFile.sessions.response }),
            HubCall(.get, "/overlay/{profile}", .open(.page) { _, _, _ in PageFile.overlay.response }),
            HubCall(
                .get, "/api/hub/v1/rooms",
                .user(UserAccess(scope: PulsoidScope.roomRead.rawValue), bodyBytes: nil) {
                    $0.history.rooms($1.grant)
                }),
            HubCall(
                .get, "/api/hub/v1/members/{member}",
                .user(UserAccess(scope: nil), bodyBytes: nil) { try $0.history.member($1.target, $1.grant) }),
            // The scope depends on the owner of the readings.
            HubCall(
                .get, ReadingHistory.path,
                .user(UserAccess(scope: nil), bodyBytes: nil) { try await $0.history.readings($1.target, $1.grant) }),
        ]

    /// The hub's extension of Pulsoid's API, for uploaders.
    private static let detailedReadings = HubCall(
        .post, DetailedReadings.path,
        .user(
            UserAccess(scope: PulsoidScope.heartRateWrite.rawValue), bodyBytes: { $0.detailedBodyBytes },
            { try await $0.measurements.writeDetailedReadings($1.body, $1.grant) }))

    /// The own sessions. The scope decides how far back they go.
    private static let sessions: [HubCall] = [
        view(HubSessionPage.path) { try await $0.sessions($1.target, $1.grant) },
        view("\(HubSessionPage.path)/{at}") { try await $0.session($1.target, $1.grant) },
        view("\(HubSessionPage.path)/{at}/export") { try await $0.export($1.target, $1.grant) },
        view(HubCalendar.path) { try await $0.calendar($1.target, $1.grant) },
        view(HubMornings.path) { try await $0.mornings($1.target, $1.grant) },
        view(HubProfile.path) { try await $0.profile($1.grant) },
        HubCall(
            .put, HubProfile.path,
            .user(
                UserAccess(scope: nil), bodyBytes: { $0.formBodyBytes },
                { try await $0.sessions.setProfile($1.body, $1.grant) })),
    ]

    private static func view(
        _ path: String, _ handler: @escaping @Sendable (SessionCalls, UserRequest) async throws -> HubResponse
    ) -> HubCall {
        HubCall(.get, path, .user(UserAccess(scope: nil), bodyBytes: nil) { try await handler($0.sessions, $1) })
    }

    private static let document = HubCall(
        .get, "/openapi.json", .open(.page) { _, _, _ in OpenAPIDocument.response })

    private static let monitoring: [HubCall] = [
        HubCall(.get, "/healthz", .open(.health) { hub, _, _ in try await hub.monitoring.health() }),
        HubCall(.get, "/metrics", .metrics),
    ]

    private static let administration: [HubCall] = [
        administer(.get, "users") { try await $0.users($1) },
        administer(.post, "users") { try await $0.addUser($1) },
        administer(.get, "users/{user}") { try await $0.user($1) },
        administer(.delete, "users/{user}") { try await $0.removeUser($1) },
        administer(.get, "tokens") { try await $0.tokens($1) },
        administer(.post, "tokens") { try await $0.issueToken($1) },
        administer(.delete, "tokens/{tokenId}") { try await $0.removeToken($1) },
        administer(.get, "rooms") { try await $0.rooms($1) },
        administer(.post, "rooms") { try await $0.createRoom($1) },
        administer(.get, "rooms/{roomId}") { try await $0.room($1) },
        administer(.put, "rooms/{roomId}") { try await $0.configureRoom($1) },
        administer(.delete, "rooms/{roomId}") { try await $0.removeRoom($1) },
        administer(.put, "rooms/{roomId}/members/{user}") { try await $0.setMember($1) },
        administer(.delete, "rooms/{roomId}/members/{user}") { try await $0.removeMember($1) },
        administer(.get, "clients") { try await $0.clients($1) },
        administer(.post, "clients") { try await $0.addClient($1) },
        administer(.delete, "clients/{clientId}") { try await $0.removeClient($1) },
        administer(.post, "qr-codes") { try await $0.qrCode($1) },
        administer(.get, "admin-tokens") { try await $0.adminTokens($1) },
        administer(.post, "admin-tokens") { try await $0.issueAdminToken($1) },
        administer(.delete, "admin-tokens/{id}") { try await $0.removeAdminToken($1) },
    ]

    private static func administer(
        _ method: HTTPRequest.Method, _ path: String, _ handler: @escaping HubCall.AdministrationHandler
    ) -> HubCall {
        HubCall(method, "/api/hub/v1/admin/\(path)", .administration(handler))
    }
}
