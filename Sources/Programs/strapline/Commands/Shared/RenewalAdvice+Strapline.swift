import Tokens

extension RenewalAdvice {
    /// The remedies for a token that cannot be renewed, in the words of this program.
    static let strapline = RenewalAdvice(
        login: "Run `strapline login pulsoid`.",
        clientID: "Run `strapline login pulsoid`, or set services.pulsoid.client_id in the configuration.")
}
