import ArgumentParser
import DateFormats
import Glibc

/// A time on the command line, as people write it, in the time zone of this machine unless it names one.
///
/// | Form | Examples |
/// | --- | --- |
/// | a day | `today`, `yesterday`, `2026-11-24`, `24.11.2026` |
/// | the last such day, perhaps today | `24.11.`, `monday`, `tue` |
/// | a day and a time of day | `yesterday 18:30`, `2026-11-24T18:30`, `24.11.2026 18:30:15`, `2026-11-24T18:30Z` |
/// | a time of today | `18:30`, `now` |
/// | a time ago | `90s`, `30m`, `1h`, `1h30m`, `2d`, `1w`, also with ` ago` |
struct PointInTime: Equatable {
    /// Since the Unix epoch.
    let milliseconds: Int64

    /// The forms, for a help text and an error.
    static let forms = "yesterday, today, 18:30, 1h, 2d, 24.11.2026, 2026-11-24, 2026-11-24T18:30:00Z"

    /// For an option of a command.
    static func option(_ text: String) throws -> PointInTime {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let milliseconds = Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
        guard let time = PointInTime(text, nowMilliseconds: milliseconds) else {
            throw ValidationError("write a time as one of: \(forms)")
        }
        return time
    }

    /// Nil for a text of another form.
    init?(_ text: String, nowMilliseconds now: Int64) {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard
            let milliseconds = Self.timeAgo(words, now) ?? Self.dayAndTime(words, now) ?? Self.iso(text)
        else { return nil }
        self.milliseconds = milliseconds
    }

    /// `1h`, `1h30m`, `2 days ago`
    private static func timeAgo(_ text: String, _ now: Int64) -> Int64? {
        if text == "now" { return now }
        guard text.wholeMatch(of: /(?:\d{1,6} ?[a-z]+ ?)+(?:ago)?/) != nil else { return nil }
        var total: Int64 = 0
        var last = Int64.max
        for match in text.matches(of: /(\d{1,6}) ?([a-z]+)/) {
            // The largest first, and each unit once.
            guard let count = Int64(match.1), let unit = Self.unit(match.2), unit < last else { return nil }
            total += count * unit
            last = unit
        }
        return now - total * 1000
    }

    /// In seconds.
    private static func unit(_ word: Substring) -> Int64? {
        switch word {
        case "s", "sec", "second", "seconds": 1
        case "m", "min", "minute", "minutes": 60
        case "h", "hour", "hours": 3_600
        case "d", "day", "days": 86_400
        case "w", "week", "weeks": 604_800
        default: nil
        }
    }

    /// `yesterday`, `24.11.2026 18:30`, `18:30`
    private static func dayAndTime(_ text: String, _ now: Int64) -> Int64? {
        var parts = text.split(separator: " ")
        guard (1...2).contains(parts.count) else { return nil }
        var fields = localFields(of: now)
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (0, 0, 0)
        if let day = day(parts[0], fields) {
            fields = day
            parts.removeFirst()
        } else if parts.count == 2 {
            return nil
        }
        if let time = parts.first {
            guard let match = time.wholeMatch(of: /(\d{1,2}):(\d{2})(?::(\d{2}))?/), let hour = Int32(match.1),
                let minute = Int32(match.2), let second = Int32(match.3 ?? "0"), hour < 24, minute < 60, second < 60
            else { return nil }
            (fields.tm_hour, fields.tm_min, fields.tm_sec) = (hour, minute, second)
        }
        return milliseconds(of: fields)
    }

    /// In the order of `tm_wday`.
    private static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

    private static func day(_ word: Substring, _ today: tm) -> tm? {
        var fields = today
        if word == "today" { return fields }
        if word == "yesterday" {
            fields.tm_mday -= 1
            return fields
        }
        if word.count >= 3, let weekday = weekdays.firstIndex(where: { $0.hasPrefix(word) }) {
            fields.tm_mday -= (fields.tm_wday - Int32(weekday) + 7) % 7
            return fields
        }
        let day: (year: Substring, month: Substring, day: Substring)
        if let short = word.wholeMatch(of: /(\d{1,2}\.\d{1,2}\.)/) {
            let year = Int(today.tm_year) + 1900
            // 29.2. is not in each year, and around 2100 not in each fourth.
            let days = (0...8).lazy.compactMap { Self.day("\(short.1)\(year - $0)", today) }
            return days.first { milliseconds(of: $0) ?? .max <= milliseconds(of: today) ?? 0 }
        } else if let german = word.wholeMatch(of: /(\d{1,2})\.(\d{1,2})\.(\d{4})/) {
            day = (german.3, german.2, german.1)
        } else if let iso = word.wholeMatch(of: /(\d{4})-(\d{2})-(\d{2})/) {
            day = (iso.1, iso.2, iso.3)
        } else {
            return nil
        }
        guard let year = Int32(day.year), let month = Int32(day.month), let number = Int32(day.day) else { return nil }
        (fields.tm_year, fields.tm_mon, fields.tm_mday) = (year - 1900, month - 1, number)
        // No calendar has 31.2.: it would become a day of March.
        var check = fields
        check.tm_hour = 12
        guard let noon = milliseconds(of: check) else { return nil }
        let found = localFields(of: noon)
        return found.tm_mon == month - 1 && found.tm_mday == number ? fields : nil
    }

    /// `2026-11-24T18:30` and the forms with a zone.
    private static func iso(_ text: String) -> Int64? {
        // ISO 8601 may leave the seconds out, also before a zone.
        let minutes = text.wholeMatch(of: /(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2})((?:[Zz]|[+\-]\d{2}:\d{2})?)/)
        guard let asUTC = ISO8601.milliseconds(minutes.map { "\($0.1):00\($0.2)" } ?? text) else { return nil }
        let namesZone = text.dropFirst("2026-11-24T".count).contains { "zZ+-".contains($0) }
        return namesZone ? asUTC : local(asUTC)
    }

    /// The moment at which the clocks of this time zone show what those of UTC show at `milliseconds`.
    private static func local(_ milliseconds: Int64) -> Int64? {
        var seconds = time_t(milliseconds / 1000)
        var fields = tm()
        gmtime_r(&seconds, &fields)
        return Self.milliseconds(of: fields).map { $0 + milliseconds % 1000 }
    }

    private static func localFields(of milliseconds: Int64) -> tm {
        var seconds = time_t(milliseconds / 1000)
        var fields = tm()
        localtime_r(&seconds, &fields)
        return fields
    }

    private static func milliseconds(of fields: tm) -> Int64? {
        var fields = fields
        // Whether summer time holds then, the time zone says.
        fields.tm_isdst = -1
        return Int64(mktime(&fields)) * 1000
    }
}
