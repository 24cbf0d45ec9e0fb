/// Addresses of Pulsoid's OAuth pages, which are at another server than its data.
public enum OAuthPath {
    public static let publicBaseURL = "https://pulsoid.net"
    /// Where a person makes a token by hand.
    public static let keysPage = "https://pulsoid.net/ui/keys"

    /// `POST` of a form with `client_id` and `scope`: a ``DeviceAuthorization``.
    public static let deviceAuthorization = "/oauth2/device_authorization"
    /// `POST` of a form with `grant_type`: a ``TokenGrant``, or an ``OAuthErrorBody``.
    public static let token = "/oauth2/token"

    /// Values of `grant_type`.
    public enum GrantType {
        public static let deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
        public static let refreshToken = "refresh_token"
    }
}
