/// The addresses of Pulsoid's OAuth pages, on another server than its data.
public enum OAuthPath {
    /// The server.
    public static let publicBaseURL = "https://pulsoid.net"
    /// The page on which a user makes a token.
    public static let keysPage = "https://pulsoid.net/ui/keys"

    /// `POST` of a form with `client_id` and `scope`: a ``DeviceAuthorization``.
    public static let deviceAuthorization = "/oauth2/device_authorization"
    /// `POST` of a form with `grant_type`: a ``TokenGrant``, or an ``OAuthErrorBody``.
    public static let token = "/oauth2/token"

    /// Values of `grant_type`.
    public enum GrantType {
        /// A device code (RFC 8628).
        public static let deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
        /// A refresh token (RFC 6749, section 6).
        public static let refreshToken = "refresh_token"
    }
}
