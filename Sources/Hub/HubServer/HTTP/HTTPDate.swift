import Glibc

/// The date that every answer carries (RFC 9110, 6.6.1): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    /// Names of days and months are English: the program never calls `setlocale`.
    static func text(secondsSinceEpoch seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { text in
            guard let start = text.baseAddress else { return "" }
            strftime(start, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            return String(cString: start)
        }
    }
}
