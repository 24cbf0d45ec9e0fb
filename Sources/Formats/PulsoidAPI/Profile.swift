/// The user of a token: the answer of `GET /api/v1/profile`.
///
/// [Read Profile Information](https://docs.pulsoid.net/)
public struct Profile: Sendable, Hashable, Codable {
    /// The channel on which the user streams, for instance `twitch.tv/pulsoid`.
    public var channel: String
    /// The name with which the user signs in; may be an e-mail address.
    public var login: String
    /// Whether the user has signed in with the mobile app.
    public var mobileLogin: Bool
    /// Whether the user has sent any heart rate.
    public var heartRate: Bool

    /// Makes a profile.
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
