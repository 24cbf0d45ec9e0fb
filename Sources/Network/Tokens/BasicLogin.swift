import FoundationEssentials

/// A user and a password as HTTP's scheme Basic sends them (RFC 7617). Shows itself in no description, dump or log.
package struct BasicLogin: Sendable {
    private let encoded: String

    package init(user: String, password: String) {
        self.init("\(user):\(password)")
    }

    /// Of `user:password`.
    package init(_ login: String) {
        encoded = Data(login.utf8).base64EncodedString()
    }

    /// The value of the header `Authorization`.
    package var header: String { "Basic \(encoded)" }

    /// The text without the login. A server's message may repeat the header, and anybody can decode it.
    package func removed(from text: String) -> String {
        // Without the padding, which a server may leave out.
        text.split(separator: encoded.prefix { $0 != "=" }, omittingEmptySubsequences: false)
            .joined(separator: description)
    }
}

extension BasicLogin: CustomStringConvertible, CustomReflectable {
    package var description: String { "<login>" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
