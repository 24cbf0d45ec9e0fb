/// The answer of `POST /oauth2/device_authorization` (RFC 8628, section 3.2): what a person has to do where.
public struct DeviceAuthorization: Sendable, Hashable, Codable {
    public var deviceCode: String
    /// What the person types at ``verificationURI``.
    public var userCode: String
    public var verificationURI: String
    /// The same address with the code in it, for a QR code.
    public var verificationURIComplete: String?
    public var expiresInSeconds: Int64
    /// Seconds between two questions; 5 unless told.
    public var intervalSeconds: Int64?

    public init(
        deviceCode: String, userCode: String, verificationURI: String, verificationURIComplete: String? = nil,
        expiresInSeconds: Int64, intervalSeconds: Int64? = nil
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
