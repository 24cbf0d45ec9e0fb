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
    }
}
