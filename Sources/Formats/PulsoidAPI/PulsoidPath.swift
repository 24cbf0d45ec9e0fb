/// The addresses of Pulsoid's published API ([docs.pulsoid.net](https://docs.pulsoid.net)).
public enum PulsoidPath {
    /// Pulsoid's own server. A compatible server has the same paths at another address.
    public static let publicBaseURL = "https://dev.pulsoid.net"

    /// `POST`: one ``HeartRateMessage``. Scope ``PulsoidScope/heartRateWrite``.
    public static let data = "/api/v1/data"
    /// `GET`: the latest ``HeartRateMessage``, or 412 if the user has none. Scope ``PulsoidScope/heartRateRead``.
    public static let latestHeartRate = "/api/v1/data/heart_rate/latest"
    /// WebSocket: one text message for each reading. Scope ``PulsoidScope/heartRateRead``.
    public static let realTime = "/api/v1/data/real_time"
    /// `GET`: the scopes of the token, a ``TokenValidation``. Any scope.
    public static let validateToken = "/api/v1/token/validate"

    /// `GET`: ``HeartRateStatistics`` over a ``StatisticsRange``. Scope ``PulsoidScope/statisticsRead``.
    public static let statistics = "/api/v1/statistics"
    /// `GET`: the user of the token, a ``Profile``. Scope ``PulsoidScope/profileRead``.
    public static let profile = "/api/v1/profile"

    // The pages and calls of OAuth 2. Pulsoid has them at https://pulsoid.net, a compatible server at its one address.

    /// `POST`, form with `client_id` and `scope`: starts the authorization of a device, a ``DeviceAuthorization``.
    public static let deviceAuthorization = "/oauth2/device_authorization"
    /// The page on which the user allows it, with `?user_code=`.
    public static let deviceConsent = "/oauth2/device_authorization_consent"
    /// `POST`, form: a ``TokenPair`` for a device code or a refresh token, else an ``OAuthErrorBody``.
    public static let token = "/oauth2/token"
    /// `POST`, form with `token`: revokes an access token or a refresh token and its pair.
    public static let revoke = "/oauth2/revoke"

    /// WebSocket: the ``RoomMessage``s of a room. Scope ``PulsoidScope/roomRead``.
    ///
    /// `roomID` is one path segment. Percent-encode all but letters, digits and `-._~`.
    public static func roomRealTime(roomID: String) -> String {
        "/api/v2/data/rooms/\(roomID)/real_time"
    }

    /// The names of query parameters.
    public enum Query {
        /// A ``ResponseMode``.
        public static let responseMode = "response_mode"
        /// ``RoomMessageKind``s, comma separated.
        public static let kinds = "kinds"
        /// The token, for clients that cannot set a header.
        public static let accessToken = "access_token"
        /// A ``StatisticsRange``.
        public static let timeRange = "time_range"
        /// The user code of a device's authorization.
        public static let userCode = "user_code"
    }
}
