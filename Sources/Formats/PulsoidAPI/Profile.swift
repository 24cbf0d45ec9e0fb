/// Who a token speaks for: the answer of `GET /api/v1/profile` (docs.pulsoid.net, "Read Profile Information").
public struct Profile: Sendable, Hashable, Codable {
    /// Where the user streams, for instance `twitch.tv/pulsoid`.
    public var channel: String
    /// What the user signs in with; may be an address of e-mail.
    public var login: String
    /// Whether the user has signed in with the mobile app.
    public var mobileLogin: Bool
    /// Whether the user has sent any heart rate.
    public var heartRate: Bool

    public init(channel: String, login: String, mobileLogin: Bool, heartRate: Bool) {
        self.channel = channel
        self.login = login
        self.mobileLogin = mobileLogin
        self.heartRate = heartRate
    }

    private enum CodingKeys: String, CodingKey {
        case channel, login
        case mobileLogin = "mobile_login"
        case heartRate = "heart_rate"
    }
}
