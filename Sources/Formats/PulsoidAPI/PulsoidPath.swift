/// Addresses of Pulsoid's published API ([docs.pulsoid.net](https://docs.pulsoid.net)).
public enum PulsoidPath {
    /// Pulsoid's own server. A hub of one's own speaks the same paths at another address.
    public static let publicBaseURL = "https://dev.pulsoid.net"

    /// `POST`: one ``HeartRateMessage``. Scope ``PulsoidScope/heartRateWrite``.
    public static let data = "/api/v1/data"
    /// `GET`: the latest ``HeartRateMessage``, or 412 when the user has none. Scope ``PulsoidScope/heartRateRead``.
    public static let latestHeartRate = "/api/v1/data/heart_rate/latest"
    /// WebSocket: a text message per reading. Scope ``PulsoidScope/heartRateRead``.
    public static let realTime = "/api/v1/data/real_time"
    /// `GET`: what the token is good for, a ``TokenValidation``. Any scope.
    public static let validateToken = "/api/v1/token/validate"

    /// `GET`: ``HeartRateStatistics`` over a ``StatisticsRange``. Scope ``PulsoidScope/statisticsRead``.
    public static let statistics = "/api/v1/statistics"
    /// `GET`: who the token speaks for, a ``Profile``. Scope ``PulsoidScope/profileRead``.
    public static let profile = "/api/v1/profile"

    // The pages and calls of OAuth 2; Pulsoid has them at https://pulsoid.net, a hub at its one address.

    /// `POST`, form with `client_id` and `scope`: begins a device's authorization, a ``DeviceAuthorization``.
    public static let deviceAuthorization = "/oauth2/device_authorization"
    /// The page on which a person allows it; `?user_code=` says what.
    public static let deviceConsent = "/oauth2/device_authorization_consent"
    /// `POST`, form: a ``TokenPair`` for a device code or a refresh token, else an ``OAuthErrorBody``.
    public static let token = "/oauth2/token"
    /// `POST`, form with `token`: ends an access token or a refresh token, and what was issued with it.
    public static let revoke = "/oauth2/revoke"

    /// WebSocket: the ``RoomMessage``s of a room. Scope ``PulsoidScope/roomRead``.
    /// `roomID` is one path segment, percent-encoded where it holds more than letters, digits and `-._~`.
    public static func roomRealTime(roomID: String) -> String {
        "/api/v2/data/rooms/\(roomID)/real_time"
    }

    /// Names of the parameters in a query.
    public enum Query {
        /// A ``ResponseMode``.
        public static let responseMode = "response_mode"
        /// ``RoomMessageKind``s, comma separated.
        public static let kinds = "kinds"
        /// The token, for clients that cannot set a header.
        public static let accessToken = "access_token"
        /// A ``StatisticsRange``.
        public static let timeRange = "time_range"
        /// What names a device's authorization to the person who allows it.
        public static let userCode = "user_code"
    }
}
