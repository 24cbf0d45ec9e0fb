import TextFormats

extension WebResponse {
    /// A message for the log about an answer that is no success: the service's message, and the fix.
    package func message(for responseClass: ResponseClass, from service: ServiceAddress) -> String {
        let answered = "\(service.shown) answered \(status)"
        switch responseClass {
        case .page:
            return "\(answered) with a web page, not with its own words: a network that wants a sign-in, a proxy, or "
                + "another server stands in between."
        case .redirected(let target):
            let place = target.map { " to \($0.printable())" } ?? ""
            return "\(answered), a redirection\(place): not followed, for a token must not travel. Check the address, "
                + "and whether the network wants a sign-in."
        case .wrongAddress:
            return
                "\(answered): its API is not at this address. Check the address in the configuration.\(quotedExcerpt)"
        case .success, .refused, .notAuthorised, .paymentRequired, .tryLater, .unexpected:
            return answered + (excerpt.isEmpty ? "." : ":" + quotedExcerpt)
        }
    }

    /// The start of the body, as one line of printable characters for a log. Its last word is whole: a server may
    /// repeat a secret, and nothing would recognise the half of one.
    package var excerpt: String {
        let isOfWord = { (byte: UInt8) in (33...126).contains(byte) && !Self.wordEnds.contains(byte) }
        var start = body.prefix(Self.quotedBytes)
        if let next = body.dropFirst(start.count).first, isOfWord(next) {
            while let last = start.last, isOfWord(last) { start.removeLast() }
        }
        return String(decoding: start, as: UTF8.self).printable()
    }

    /// Signs that end a word beside white space, and that no token and no login in Base64 has.
    private static let wordEnds = Set("\"'<>()[]{},;".utf8)

    /// A service's message is one sentence.
    private static let quotedBytes = 200

    private var quotedExcerpt: String { excerpt.isEmpty ? "" : " \"\(excerpt)\"" }
}
