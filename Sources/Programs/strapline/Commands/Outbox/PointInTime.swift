import ArgumentParser
import DateFormats
import Glibc

/// A time on the command line: a date, with a time of day or without, of this machine's time zone unless it names one.
struct PointInTime: ExpressibleByArgument, Equatable {
    /// Since the Unix epoch.
    let milliseconds: Int64

    init?(argument: String) {
        let rest =
            switch argument.utf8.count {
            case "2026-11-24".utf8.count: "T00:00:00"
            case "2026-11-24T18:30".utf8.count: ":00"
            default: ""
            }
        guard let asUTC = ISO8601.milliseconds(argument + rest) else { return nil }
        milliseconds = Self.namesZone(argument) ? asUTC : Self.local(asUTC)
    }

    private static func namesZone(_ text: String) -> Bool {
        text.dropFirst("2026-11-24T".count).contains { "zZ+-".contains($0) }
    }

    /// The moment at which the clocks of this time zone show what those of UTC show at `milliseconds`.
    private static func local(_ milliseconds: Int64) -> Int64 {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        // Whether summer time holds then, the time zone says.
        parts.tm_isdst = -1
        return Int64(mktime(&parts)) * 1000 + milliseconds % 1000
    }
}
