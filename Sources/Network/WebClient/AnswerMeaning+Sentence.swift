import TextFormats

extension WebResponse {
    /// A sentence for a log about an answer that is no success: what the service said, and what to do about it.
    package func sentence(_ meaning: AnswerMeaning, from service: ServiceAddress) -> String {
        let answered = "\(service) answered \(status)"
        switch meaning {
        case .page:
            return "\(answered) with a web page, not with its own words: a network that wants a sign-in, a proxy, or "
                + "another server stands in between."
        case .redirected(let target):
            let place = target.map { " to \($0.printable())" } ?? ""
            return "\(answered), a redirection\(place): not followed, for a token must not travel. Check the address, "
                + "and whether the network wants a sign-in."
        case .wrongAddress:
            return "\(answered): its API is not at this address. Check the address in the configuration.\(quotedWords)"
        case .success, .refused, .notAuthorised, .paymentRequired, .tryLater, .unexpected:
            return answered + (words.isEmpty ? "." : ":" + quotedWords)
        }
    }

    /// The beginning of the body in one line of printable characters, fit for a log.
    package var words: String { String(decoding: body.prefix(Self.quotedBytes), as: UTF8.self).printable() }

    /// Messages of services are a sentence.
    private static let quotedBytes = 200

    private var quotedWords: String { words.isEmpty ? "" : " \"\(words)\"" }
}
