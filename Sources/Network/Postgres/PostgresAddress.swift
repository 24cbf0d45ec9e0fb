import TextFormats

/// The address of a database on PostgreSQL, with every server that may be the primary:
/// `postgres://hub@pg1,pg2,pg3:5433/strapline?sslmode=verify-full`.
///
/// A folder with a Unix socket is written with `%2F`: `postgres://hub@%2Frun%2Fpostgresql/strapline`.
package struct PostgresAddress: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is no address, as a sentence. It never shows a password.
    package struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String
    }

    package struct Host: Sendable, Hashable, CustomStringConvertible {
        /// A name, an IP address without brackets, or the folder of a Unix socket.
        package let name: String
        package let port: Int

        package var isSocketFolder: Bool { name.hasPrefix("/") }

        package var description: String {
            if isSocketFolder { return "\(name)/.s.PGSQL.\(port)" }
            return (name.contains(":") ? "[\(name)]" : name) + ":\(port)"
        }
    }

    /// Nil: libpq takes `PGUSER`, or the name of the system's user.
    package let user: String?
    package let hosts: [Host]
    package let database: String
    /// Settings of libpq by name, in the order of the text.
    let settings: [Setting]

    struct Setting: Sendable, Hashable {
        let name: String
        let value: String
    }

    private static let schemes = ["postgres://", "postgresql://"]
    private static let standardPort = 5432
    private static let mostHosts = 16
    /// The other settings of libpq are the program's own, or secrets.
    private static let allowedSettings: Set = [
        "application_name", "channel_binding", "gssencmode", "passfile", "sslcert", "sslcrl", "sslkey", "sslmode",
        "sslrootcert",
    ]
    private static let secretSettings: Set = ["password", "sslpassword"]
    /// Beginnings of addresses with a mistake, and of those that other programs take.
    private static let otherSchemes = ["postgres:", "postgresql:", "pgsql:", "psql:", "jdbc:"]
    /// Of libpq's other form: `host=pg1 dbname=strapline`.
    private static let wordsOfLists = ["host=", "hostaddr=", "dbname=", "user=", "password=", "service="]

    /// Whether a text is meant as an address, rather than as the path of a file; also one with a mistake. As a path it
    /// would become a new file, with a password in its name.
    package static func isOne(_ text: String) -> Bool {
        let text = text.drop { $0.isWhitespace }.lowercased()
        guard !text.hasPrefix("/"), !text.hasPrefix(".") else { return false }
        let words = text.split(whereSeparator: \.isWhitespace)
        return text.contains("://") || otherSchemes.contains { text.hasPrefix($0) }
            || words.contains { word in wordsOfLists.contains { word.hasPrefix($0) } }
    }

    package init(_ text: String) throws(Problem) {
        guard let scheme = Self.schemes.first(where: { text.lowercased().hasPrefix($0) }) else {
            throw Problem("begins with neither postgres:// nor postgresql://, and a path with / or ./")
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let afterAuthority = rest.dropFirst(authority.count)
        let path = afterAuthority.prefix { $0 != "?" }
        let login = authority.lastIndex(of: "@").map { authority[..<$0] }
        // First of all, so that no other problem shows a text with a password. One with a / or a ? ends the authority
        // before its @.
        guard login?.contains(":") != true, login != nil || !afterAuthority.contains("@") else { throw .password }
        let query = try Self.settings(afterAuthority.dropFirst(path.count + 1))
        user = try login.map { part throws(Problem) in try Self.decoded(part, as: "user") }
        guard user != "" else { throw Problem("has an empty user before the @") }
        let list = login.map { authority.dropFirst($0.count + 1) } ?? authority
        var hosts: [Host] = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            hosts.append(try Self.host(part))
        }
        guard hosts.count <= Self.mostHosts else { throw Problem("names more than \(Self.mostHosts) hosts") }
        guard Set(hosts).count == hosts.count else { throw Problem("names a host twice") }
        self.hosts = hosts
        database = try Self.decoded(path.dropFirst(), as: "database")
        guard !database.isEmpty else { throw Problem("names no database after the hosts") }
        settings = query
    }

    /// Without settings.
    package var description: String {
        let list = hosts.map { host in
            let name = host.name.contains(":") ? "[\(host.name)]" : Self.encoded(host.name)
            return host.port == Self.standardPort ? name : "\(name):\(host.port)"
        }
        let login = user.map { Self.encoded($0) + "@" } ?? ""
        return "postgres://\(login)\(list.joined(separator: ","))/\(Self.encoded(database))"
    }

    // MARK: Parts

    private static func host(_ text: Substring) throws(Problem) -> Host {
        var name = text
        var port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw Problem("lacks a ] after an IPv6 address") }
            name = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw Problem("has something else than a port after a ]") }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = text.firstIndex(of: ":") {
            name = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        let decoded = try decoded(name, as: "host")
        guard !decoded.isEmpty else { throw Problem("has an empty host") }
        guard let port else { return Host(name: decoded, port: standardPort) }
        guard let number = Int(port), (1...65535).contains(number) else {
            throw Problem("has a port that is not a number from 1 to 65535")
        }
        return Host(name: decoded, port: number)
    }

    private static func settings(_ query: Substring) throws(Problem) -> [Setting] {
        var settings: [Setting] = []
        for part in query.split(separator: "&") {
            let equals = part.firstIndex(of: "=") ?? part.endIndex
            let name = String(part[..<equals])
            if secretSettings.contains(name.lowercased()) { throw .password }
            guard allowedSettings.contains(name) else {
                let list = allowedSettings.sorted().joined(separator: ", ")
                throw Problem("has the setting \"\(name.printable())\". It can have: \(list)")
            }
            settings.append(Setting(name: name, value: try decoded(part[equals...].dropFirst(), as: name)))
        }
        return settings
    }

    /// Decodes `%2F`. A control character would end a line of a log, or C's text.
    private static func decoded(_ text: Substring, as part: String) throws(Problem) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
                throw Problem("has a % without two hexadecimal digits in its \(part)")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), decoded.isPrintable() || decoded.isEmpty else {
            throw Problem("has a character in its \(part) that cannot be printed")
        }
        return decoded
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isLetter = scalar.isASCII && scalar.properties.isAlphabetic
            let isPlain = isLetter || ("0"..."9").contains(scalar) || "-._~".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(scalar) : "%" + (digits.count == 1 ? "0" + digits : digits)
        }.joined()
    }
}

extension PostgresAddress.Problem {
    fileprivate init(_ problem: String) {
        let example = "Write it like postgres://hub@pg1,pg2,pg3/strapline"
        description = "The address of the database \(problem). \(example)."
    }

    /// It would stand in logs, in the list of processes and in the shell's history.
    fileprivate static var password: Self {
        Self(
            description: "The address of the database has a password, which others can read in the list of processes. "
                + "Put it into ~/.pgpass with mode 0600 (host:port:database:user:password), or into the file that "
                + "PGPASSFILE names, and leave it out of the address.")
    }
}
