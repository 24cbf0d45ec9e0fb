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
