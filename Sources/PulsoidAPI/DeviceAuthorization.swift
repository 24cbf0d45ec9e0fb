/// The beginning of a device's authorization (RFC 8628, 3.2; docs.pulsoid.net, "OAuth 2 Device Authorization Flow").
public struct DeviceAuthorization: Sendable, Hashable, Codable {
    /// The secret that the device asks the token call with.
    public var deviceCode: String
    /// What a person enters on the page of ``verificationURI``.
    public var userCode: String
    public var verificationURI: String
    /// The same page, where the code is filled in.
    public var verificationURIComplete: String
    /// Both codes end after this time.
    public var expiresInSeconds: Int64
    /// The device asks no more often than this.
    public var intervalSeconds: Int64

    public init(
        deviceCode: String, userCode: String, verificationURI: String, verificationURIComplete: String,
        expiresInSeconds: Int64, intervalSeconds: Int64
    ) {
        self.deviceCode = deviceCode
        self.userCode = userCode
        self.verificationURI = verificationURI
        self.verificationURIComplete = verificationURIComplete
        self.expiresInSeconds = expiresInSeconds
        self.intervalSeconds = intervalSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case deviceCode = "device_code"
        case userCode = "user_code"
        case verificationURI = "verification_uri"
        case verificationURIComplete = "verification_uri_complete"
        case expiresInSeconds = "expires_in"
        case intervalSeconds = "interval"
    }
}
