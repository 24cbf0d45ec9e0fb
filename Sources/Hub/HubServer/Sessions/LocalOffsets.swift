import DateFormats

/// The difference between a user's local time and UTC over a time: `60`, or with changes `60,1774746000000:120`.
///
/// The browser knows its time zone. The hub may run on a machine without a list of zones.
struct LocalOffsets: Sendable, Equatable {
    private struct Change: Sendable, Equatable {
        /// Since the Unix epoch.
        let fromMilliseconds: Int64
        let minutes: Int64
    }

    /// Two a year, and some to spare.
    private static let mostChanges = 16
    private static let minuteMilliseconds: Int64 = 60_000
    private static let dayMilliseconds: Int64 = 86_400_000
    /// Zones go from -12 to +14 hours.
    private static let minutes: ClosedRange<Int64> = -18 * 60...18 * 60

    static let utc = LocalOffsets(changes: [])

    /// Ascending.
    private let changes: [Change]

    private init(changes: [Change]) {
        self.changes = changes
    }

    /// Nil for a text of another form.
    init?(_ text: String) {
        guard !text.contains("+") else { return nil }
        var changes: [Change] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: ":", omittingEmptySubsequences: false)
            guard changes.count < Self.mostChanges, let minutes = sides.last.flatMap({ Int64($0) }),
                Self.minutes.contains(minutes)
            else { return nil }
            let from = sides.count == 2 ? Int64(sides[0]) : changes.isEmpty && sides.count == 1 ? Int64.min : nil
            guard let from, from > changes.last?.fromMilliseconds ?? .min || changes.isEmpty else { return nil }
            changes.append(Change(fromMilliseconds: from, minutes: minutes))
        }
        self.init(changes: changes)
    }

    func seconds(at milliseconds: Int64) -> Int { Int(minutes(at: milliseconds)) * 60 }

    /// The local day, counted from 1 January 1970.
    func day(at milliseconds: Int64) -> Int64 {
        let local = milliseconds + minutes(at: milliseconds) * Self.minuteMilliseconds
        let (day, rest) = local.quotientAndRemainder(dividingBy: Self.dayMilliseconds)
        return rest < 0 ? day - 1 : day
    }

    /// The local hour of the day with its fraction.
    func hour(at milliseconds: Int64) -> Double {
        let local = milliseconds + minutes(at: milliseconds) * Self.minuteMilliseconds
        return Double(local - day(at: milliseconds) * Self.dayMilliseconds) / 3_600_000
    }

    /// `2026-11-29`
    static func date(ofDay day: Int64) -> String {
        String(ISO8601.text(milliseconds: day * dayMilliseconds).prefix(10))
    }

    private func minutes(at milliseconds: Int64) -> Int64 {
        changes.last { $0.fromMilliseconds <= milliseconds }?.minutes ?? changes.first?.minutes ?? 0
    }
}
