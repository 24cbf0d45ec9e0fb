/// A request to the ``StubServer``.
package struct StubRequest: Sendable {
    package var method: String
    /// Path and query.
    package var target: String
    /// In the order of arrival.
    package var headers: [(name: String, value: String)]
    package var body: String
    /// The body as it was sent.
    package var bytes: [UInt8]

    /// The first header of this name, in any case of letters.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    init?(head: String) {
        let lines = head.split(separator: "\r\n")
        guard let words = lines.first?.split(separator: " "), words.count == 3 else { return nil }
        method = String(words[0])
        target = String(words[1])
        headers = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (name: String(line[..<colon]), value: String(value))
        }
        body = ""
        bytes = []
    }
}
