/// Addresses and headers of the Cardiogram Connect API (its page "Posting Beats").
package enum CardiogramPath {
    /// Cardiogram's own server. A hub of one's own speaks the same paths at another address.
    package static let publicBaseURL = "https://cardiogr.am"

    /// The documented header is spelled so, with the value `Bearer <access_token>`. Clients send `Authorization` with
    /// the same value beside it, in case the page is a misprint.
    package static let authenticationHeader = "Authentication"

    /// The page to which a program sends a user, with `response_type=code` and `client_id`. The user returns with a
    /// `code`.
    package static let authorization = "/auth"
    /// `POST` of a form with `grant_type` and `code`, as the client by HTTP Basic: tokens.
    package static let token = "/heart/oauth/token"

    /// `POST`: a ``BeatsRequest``.
    /// `userID` is one path segment, percent-encoded where it holds more than letters, digits and `-._~`.
    package static func beats(userID: String) -> String {
        "/heart/oauth/users/\(userID)/beats"
    }
}
