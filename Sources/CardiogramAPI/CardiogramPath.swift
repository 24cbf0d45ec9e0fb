/// Addresses and headers of the Cardiogram Connect API (its page "Posting Beats").
public enum CardiogramPath {
    /// Cardiogram's own server. A hub of one's own speaks the same paths at another address.
    public static let publicBaseURL = "https://cardiogr.am"

    /// The documented header is spelled so, with the value `Bearer <access_token>`. Clients send `Authorization` with the
    /// same value beside it, in case the page is a misprint.
    public static let authenticationHeader = "Authentication"

    /// `POST`: a ``BeatsRequest``.
    /// `userID` is one path segment, percent-encoded where it holds more than letters, digits and `-._~`.
    public static func beats(userID: String) -> String {
        "/heart/oauth/users/\(userID)/beats"
    }
}
