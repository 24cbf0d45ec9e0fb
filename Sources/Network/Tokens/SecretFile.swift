import Glibc

/// A file with one secret in its first line, such as a password: any text, where a token has plain letters only. It is
/// read again for each connection.
package struct SecretFile: Sendable, Hashable, CustomStringConvertible {
    /// Why the secret cannot be used, as a sentence with the fix. Never shows the secret.
    package struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String
    }

    package let path: String

    package init(path: String) {
        self.path = path
    }

    package var description: String { "the password file \(path)" }

    /// Reads the first line, without a byte order mark and the line's end. Spaces are a part of the secret.
    package func read() throws(Problem) -> String {
        let bytes: [UInt8]
        do throws(SecretContents.Failure) {
            bytes = try SecretContents.read(path)
        } catch {
            switch error {
            case .unreadable(let code):
                throw problem(
                    "cannot be read: \(String(cString: strerror(code))). Make it readable for the uploader's user")
            case .tooLarge: throw problem("is too large for a password")
            }
        }
        guard !bytes.contains(0) else {
            throw problem("has zero bytes, as a text saved as UTF-16 (\"Unicode\") has. Save it as UTF-8")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let marked = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).first ?? ""
        let line = marked.first == "\u{FEFF}" ? marked.dropFirst() : marked
        guard !line.isEmpty else { throw problem("is empty. Write the password into its first line") }
        return String(line)
    }

    /// A warning that other users can read or write the file; nil if they cannot.
    package var warning: String? { SecretContents.warning(about: self, at: path) }

    private func problem(_ end: String) -> Problem {
        Problem(description: "The password file \(path) \(end).")
    }
}
