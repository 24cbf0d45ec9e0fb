/// An entry of `hub_event`, the log of what all hubs must hear, as a notification or a row carries it.
enum HubLogEntry: Sendable, Hashable {
    /// New readings, in the order of arrival.
    case stored([StoredReading])
    /// The directory has changed.
    case directoryChanged

    /// `d`, or `r` with `user,measured_at,heart_rate` between semicolons. Nil for an entry of a later version.
    init?(_ body: Substring) {
        if body == "d" {
            self = .directoryChanged
            return
        }
        guard body.hasPrefix("r ") else { return nil }
        var readings: [StoredReading] = []
        for text in body.dropFirst(2).utf8.split(separator: UInt8(ascii: ";")) {
            let numbers = text.split(separator: UInt8(ascii: ",")).compactMap { Int64(Substring($0)) }
            guard numbers.count >= 3 else { return nil }
            readings.append(
                StoredReading(
                    userID: numbers[0], measuredAtMilliseconds: numbers[1], heartRate: Int(numbers[2])))
        }
        self = .stored(readings)
    }
}

/// A notification: the number of an entry, and its body if that is short enough.
struct HubLogNotice: Sendable, Hashable {
    let number: Int64
    let body: Substring?

    /// Nil for a text that no hub sends.
    init?(payload: String) {
        let digits = payload.prefix { $0 != " " }
        guard let number = Int64(digits) else { return nil }
        self.number = number
        body = digits.endIndex == payload.endIndex ? nil : payload[payload.index(after: digits.endIndex)...]
    }
}

/// The numbers of entries that this hub has handled.
///
/// Numbers are drawn before the commit, so an entry can appear after others with higher numbers. After a break the hub
/// reads the last ``span`` numbers again and skips the handled ones.
struct HandledEntries: Sendable {
    /// So many numbers before the newest are still awaited. A cluster commits some 1,300 times a second, and a
    /// transaction that waits after it drew its number commits within seconds or never.
    static let span: Int64 = 20_000

    private(set) var newest: Int64 = 0
    private var numbers: Set<Int64> = []

    /// From this number on, entries may be missing.
    var firstAwaited: Int64 { max(0, newest - Self.span) + 1 }

    func contains(_ number: Int64) -> Bool { numbers.contains(number) }

    mutating func insert(_ number: Int64) {
        numbers.insert(number)
        newest = max(newest, number)
        if numbers.count > 4 * Self.span {
            let oldest = newest - 2 * Self.span
            numbers = numbers.filter { $0 > oldest }
        }
    }
}
