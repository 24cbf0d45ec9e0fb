import Glibc

/// Times of the wall clock as text.
package enum WallTime {
    /// `17:03:59` on the clock of this machine's time zone.
    package static func text(ofMilliseconds milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return [parts.tm_hour, parts.tm_min, parts.tm_sec].map { ($0 < 10 ? "0" : "") + "\($0)" }
            .joined(separator: ":")
    }

    /// `2026-11-24 17:03:59` in the same time zone.
    package static func dateAndTime(ofMilliseconds milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        let date = [parts.tm_mon + 1, parts.tm_mday].map { ($0 < 10 ? "-0" : "-") + "\($0)" }.joined()
        return "\(Int(parts.tm_year) + 1900)\(date) \(text(ofMilliseconds: milliseconds))"
    }

    /// `2026-11-24T17:03:59.250+01:00`: ISO 8601 in the same time zone.
    package static func iso8601(ofMilliseconds milliseconds: Int64) -> String {
        var seconds = time_t((Double(milliseconds) / 1000).rounded(.down))
        var parts = tm()
        localtime_r(&seconds, &parts)
        let minutes = parts.tm_gmtoff / 60
        func padded(_ number: Int, _ digits: Int) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let fraction = padded(Int(milliseconds - Int64(seconds) * 1000), 3)
        let zone = "\(minutes < 0 ? "-" : "+")\(padded(abs(minutes) / 60, 2)):\(padded(abs(minutes) % 60, 2))"
        let day = [
            padded(Int(parts.tm_year) + 1900, 4), padded(Int(parts.tm_mon) + 1, 2), padded(Int(parts.tm_mday), 2),
        ]
        .joined(separator: "-")
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }.joined(separator: ":")
        return "\(day)T\(time).\(fraction)\(zone)"
    }

    /// How many seconds the clock of this time zone is ahead of UTC at that time.
    package static func offsetSeconds(atMilliseconds milliseconds: Int64) -> Int {
        var seconds = time_t((Double(milliseconds) / 1000).rounded(.down))
        var parts = tm()
        localtime_r(&seconds, &parts)
        return parts.tm_gmtoff
    }

    /// `just now`, `42 s ago`, `3 min ago`, `5 h ago`, `2 days ago`.
    package static func age(milliseconds: Int64) -> String {
        milliseconds / 1000 < 2 ? "just now" : "\(span(milliseconds: milliseconds)) ago"
    }

    /// `42 s`, `3 min`, `5 h`, `2 days`.
    package static func span(milliseconds: Int64) -> String {
        switch milliseconds / 1000 {
        case let seconds where seconds < 120: "\(seconds) s"
        case let seconds where seconds < 7_200: "\(seconds / 60) min"
        case let seconds where seconds < 172_800: "\(seconds / 3_600) h"
        case let seconds: "\(seconds / 86_400) days"
        }
    }
}
