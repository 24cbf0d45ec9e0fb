/// Timestamps of the room stream: ISO 8601 text to and from milliseconds since the Unix epoch.
///
/// Made by hand: one is written for each room message, and this module does without full Foundation and its formatters.
public enum ISO8601 {
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// `2024-03-01T17:00:00.000Z`, always in UTC and with milliseconds. Years outside 0 to 9999 are not written in four
    /// digits; no clock shows them.
    public static func text(milliseconds: Int64) -> String {
        var days = milliseconds / millisecondsPerDay
        var rest = milliseconds % millisecondsPerDay
        if rest < 0 {
            days -= 1
            rest += millisecondsPerDay
        }
        let (year, month, day) = civilDate(daysSinceEpoch: days)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        func append(_ number: Int64, digits: Int, then separator: Character) {
            let decimal = String(number).utf8
            for _ in decimal.count..<max(digits, decimal.count) { bytes.append(UInt8(ascii: "0")) }
            bytes.append(contentsOf: decimal)
            bytes.append(contentsOf: String(separator).utf8)
        }
        append(year, digits: 4, then: "-")
        append(month, digits: 2, then: "-")
        append(day, digits: 2, then: "T")
        append(rest / 3_600_000, digits: 2, then: ":")
        append(rest / 60_000 % 60, digits: 2, then: ":")
        append(rest / 1000 % 60, digits: 2, then: ".")
        append(rest % 1000, digits: 3, then: "Z")
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a date and a time of day. Tolerant where servers differ: any number of digits after the seconds (beyond
    /// milliseconds they are dropped) or none, a space for the `T`, lower case, a zone of `Z`, `+hh:mm`, `+hhmm`, `+hh`
    /// or none (then UTC). Nil for everything else.
    public static func milliseconds(_ text: some StringProtocol) -> Int64? {
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
        let days = daysSinceEpoch(year: year, month: month, day: day)
        let seconds = (hour * 60 + minute - offsetMinutes) * 60 + second
        return days * millisecondsPerDay + seconds * 1000 + fraction
    }

    /// Howard Hinnant's `days_from_civil` ("chrono-Compatible Low-Level Date Algorithms"): proleptic Gregorian calendar.
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Its inverse, `civil_from_days`.
    private static func civilDate(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
