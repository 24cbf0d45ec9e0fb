/// A token of a service. Shows itself in no description, dump or log.
package struct AccessToken: Sendable, Hashable {
    private let secret: String

    /// Takes the token out of a text, without the white space around it; nil when nothing is left, or something that
    /// cannot stand in a header.
    package init?(_ text: some StringProtocol) {
        let isSpace = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
        let bytes = Array(text.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        guard !bytes.isEmpty, bytes.allSatisfy({ (33...126).contains($0) }) else { return nil }
        secret = String(decoding: bytes, as: UTF8.self)
    }

    /// `Bearer …`, the value of a header.
    package var bearer: String { "Bearer " + revealed }

    /// The token itself: only for the file that keeps it, and for the body of a request that renews it. Never show it.
    package var revealed: String { secret }

    /// The text without the token. A server's message may repeat the token that it received.
    ///
    /// A short token may be a part of an ordinary word (`token` of `token_not_found`): it is removed only where it
    /// stands alone. Text that was cleaned before stays as it is.
    package func removed(from text: String) -> String {
        text.split(separator: description, omittingEmptySubsequences: false).map(removedOnce)
            .joined(separator: description)
    }

    private func removedOnce(from text: Substring) -> String {
        var result = ""
        var rest = text
        while let place = rest.firstRange(of: secret) {
            let isPart =
                secret.utf8.count < Self.certainLength
                && (Self.isInWord(rest[..<place.lowerBound].last ?? result.last)
                    || Self.isInWord(rest[place.upperBound...].first))
            result += rest[..<place.lowerBound]
            result += isPart ? secret : description
            rest = rest[place.upperBound...]
        }
        return result + rest
    }

    /// A token of so many characters is removed wherever it stands.
    private static let certainLength = 8

    private static func isInWord(_ character: Character?) -> Bool {
        character.map { $0.isLetter || $0.isNumber || "_-".contains($0) } ?? false
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<token>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
