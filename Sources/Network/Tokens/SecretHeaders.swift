import Glibc

/// A file with the secret headers of requests, one a line: `X-API-Key: …`. Empty lines and lines after a `#` are
/// comments. It is read again for each request, like a token's file.
package struct SecretHeaders: Sendable, Hashable {
    /// Why the headers cannot be used, as a sentence with the fix. Never shows a value.
    package struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// A header, which shows its value in no description.
    package struct Header: Sendable, Equatable, CustomStringConvertible {
        package let name: String
        /// Only for the request.
        package let value: String

        package var description: String { "\(name): <secret>" }
    }

    /// Headers that the client sets itself.
    private static let reserved: Set<String> = [
        "accept-encoding", "connection", "content-length", "content-type", "expect", "host", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Reads the headers.
    package func read() throws(Problem) -> [Header] {
        let text = try text()
        var headers: [Header] = []
        // A line end of Windows is one character.
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            headers.append(try header(line, number: index + 1))
        }
        guard !headers.isEmpty else { throw problem("holds no header. Write one a line, such as X-API-Key: …") }
        return headers
    }

    /// A warning that other users can read or write the file; nil if they cannot.
    package var warning: String? { SecretContents.warning(about: self, at: path) }

    /// The text without the values, which a service may repeat in its answer.
    package static func removed(_ headers: [Header], from text: String) -> String {
        var text = text
        for header in headers {
            let words = header.value.split(separator: " ").map(String.init)
            // A short word is no secret, and removing it would spoil other words.
            for word in [header.value] + words where word.utf8.count >= 6 {
                text = text.split(separator: word, omittingEmptySubsequences: false).joined(separator: "<secret>")
            }
        }
        return text
    }

    private func header(_ line: Substring, number: Int) throws(Problem) -> Header {
        guard let colon = line.firstIndex(of: ":") else {
            throw problem("has no colon in line \(number). Write each header as NAME: VALUE")
        }
        let name = String(line[..<colon])
        let value = String(line[line.index(after: colon)...].trimmed)
        guard !name.isEmpty, name.utf8.allSatisfy({ $0.isOfHeaderName }) else {
            throw problem("has a name with a character that no header has in line \(number)")
        }
        guard !Self.reserved.contains(name.lowercased()) else {
            throw problem("has \(name) in line \(number), which Strapline sets itself. Remove the line")
        }
        guard !value.isEmpty, value.utf8.allSatisfy({ (32...126).contains($0) || $0 == 9 }) else {
            throw problem("has no value of plain letters, digits and signs in line \(number)")
        }
        return Header(name: name, value: value)
    }

    private func text() throws(Problem) -> String {
        let bytes: [UInt8]
        do throws(SecretContents.Failure) {
            bytes = try SecretContents.read(path)
        } catch {
            switch error {
            case .unreadable(let code):
                throw problem(
                    "cannot be read: \(String(cString: strerror(code))). Make it readable for the uploader's user")
            case .tooLarge: throw problem("is too large for headers")
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    }

    private func problem(_ end: String) -> Problem {
        Problem(description: "The headers file \(path) \(end).")
    }
}

extension SecretHeaders: CustomStringConvertible {
    package var description: String { "the headers file \(path)" }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmed: Substring {
        func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
        let start = drop(while: isSpace)
        return start.lastIndex { !isSpace($0) }.map { start[...$0] } ?? ""
    }
}

extension UInt8 {
    /// Whether a header's name can hold it: a letter, a digit or a sign of RFC 9110, section 5.6.2.
    fileprivate var isOfHeaderName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
