/// What an outbox keeps: every reading received that its retention has not let go, also those that are no heart rate.
public enum History {
    public struct Entry: Sendable, Hashable {
        public let entry: OutboxEntry
        /// Whether the machine's clock was right: else the time of the reading is what the wrong one showed.
        public let isClockTrusted: Bool

        public init(entry: OutboxEntry, isClockTrusted: Bool) {
            self.entry = entry
            self.isClockTrusted = isClockTrusted
        }
    }

    public struct Selection: Sendable, Equatable {
        /// The strap's name; nil for every strap.
        public var strap: String?
        /// The first and the last moment of measurement, in milliseconds since the Unix epoch.
        public var measuredAtMilliseconds: ClosedRange<Int64>

        public init(strap: String? = nil, measuredAtMilliseconds: ClosedRange<Int64> = .min ... .max) {
            self.strap = strap
            self.measuredAtMilliseconds = measuredAtMilliseconds
        }
    }

    /// Some of the history, in order of arrival.
    public struct Page: Sendable, Equatable {
        /// May be empty: more may follow all the same.
        public let entries: [Entry]
        /// Where the next page goes on.
        public let examinedThroughID: Int64
    }
}
