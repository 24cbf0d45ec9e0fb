/// ISO 8601 text to and from milliseconds since the Unix epoch.
///
/// `Date.ISO8601FormatStyle` is slower, and rejects forms of some servers. The hub writes a timestamp for each room
/// message.
package enum ISO8601 {
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// `2024-03-01T17:00:00.000Z`, always in UTC and with milliseconds. Only years from 0 to 9999 have four digits.
    package static func text(milliseconds: Int64) -> String {
        var days = milliseconds / millisecondsPerDay
        var rest = milliseconds % millisecondsPerDay
        if rest < 0 {
            days -= 1
            rest += millisecondsPerDay
        }
        let date = CivilDate(daysSinceEpoch: days)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        func append(_ number: Int64, digits: Int, then separator: Character) {
            let decimal = String(number).utf8
            for _ in decimal.count..<max(digits, decimal.count) { bytes.append(UInt8(ascii: "0")) }
            bytes.append(contentsOf: decimal)
            bytes.append(contentsOf: String(separator).utf8)
        }
        append(date.year, digits: 4, then: "-")
        append(date.month, digits: 2, then: "-")
        append(date.day, digits: 2, then: "T")
        append(rest / 3_600_000, digits: 2, then: ":")
        append(rest / 60_000 % 60, digits: 2, then: ":")
        append(rest / 1000 % 60, digits: 2, then: ".")
        append(rest % 1000, digits: 3, then: "Z")
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a date and a time of day; nil for other texts.
    ///
    /// Accepts the forms of all servers: any number of digits after the seconds or none, a space instead of the `T`,
    /// lower case, and a zone of `Z`, `+hh:mm`, `+hhmm`, `+hh` or none, which means UTC. Digits beyond milliseconds are
    /// ignored.
    package static func milliseconds(_ text: String) -> Int64? { milliseconds(Substring(text)) }

    package static func milliseconds(_ text: Substring) -> Int64? {
        var scanner = DigitScanner(text.utf8)
        guard let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), (1...12).contains(month), scanner.skip("-"),
            let day = scanner.number(digits: 2), (1...31).contains(day),
            scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(digits: 2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(digits: 2), minute < 60, scanner.skip(":"),
            let second = scanner.number(digits: 2), second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if scanner.skip(".") || scanner.skip(",") {
            guard let milliseconds = scanner.millisecondsFraction() else { return nil }
            fraction = milliseconds
        }
        guard let offsetMinutes = scanner.zoneOffsetMinutes(), scanner.isAtEnd else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
        let seconds = (hour * 60 + minute - offsetMinutes) * 60 + second
        return days * millisecondsPerDay + seconds * 1000 + fraction
    }
}

/// Reads decimal numbers and separators from the start of a text.
private struct DigitScanner<Bytes: Collection> where Bytes.Element == UInt8 {
    private var rest: Bytes.SubSequence

    init(_ bytes: Bytes) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Exactly this many digits, or nothing.
    mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// One digit or more after a decimal point, as milliseconds.
    mutating func millisecondsFraction() -> Int64? {
        guard let first = digit() else { return nil }
        var value = first * 100
        var weight: Int64 = 10
        while let digit = digit() {
            value += digit * weight
            weight /= 10
        }
        return value
    }

    /// `Z`, `±hh:mm`, `±hhmm`, `±hh`, or the end of the text for UTC.
    mutating func zoneOffsetMinutes() -> Int64? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let isWest = skip("-")
        guard isWest || skip("+"), let hours = number(digits: 2), hours < 24 else { return nil }
        var minutes: Int64 = 0
        if !isAtEnd {
            _ = skip(":")
            guard let number = number(digits: 2), number < 60 else { return nil }
            minutes = number
        }
        let offset = hours * 60 + minutes
        return isWest ? -offset : offset
    }

    private mutating func digit() -> Int64? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        rest.removeFirst()
        return Int64(byte - UInt8(ascii: "0"))
    }
}
