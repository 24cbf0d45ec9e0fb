/// The answer of `POST /oauth2/device_authorization`: the code that the user types, and its page.
///
/// [RFC 8628](https://www.rfc-editor.org/rfc/rfc8628), section 3.2
public struct DeviceAuthorization: Sendable, Hashable, Codable {
    /// The code with which the device requests its token.
    public var deviceCode: String
    /// The code that the user types at ``verificationURI``.
    public var userCode: String
    /// The address of the page for the user.
    public var verificationURI: String
    /// The same address with the user code, for a QR code.
    public var verificationURIComplete: String?
    /// Seconds until both codes expire.
    public var expiresInSeconds: Int64
    /// Seconds between two requests for the token. The default is 5.
    public var intervalSeconds: Int64?

    /// Makes an answer.
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
