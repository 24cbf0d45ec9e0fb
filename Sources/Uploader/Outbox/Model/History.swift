/// The history in an outbox: every received reading within the retention, also readings without a heart rate.
package enum History {
    package struct Record: Sendable, Hashable {
        package let entry: OutboxEntry
        /// Whether the machine's clock was right. If not, the time of the reading is wrong too.
        package let isClockTrusted: Bool
        /// The number of its boot in this outbox.
        package let boot: Int64

        package init(entry: OutboxEntry, isClockTrusted: Bool, boot: Int64 = 0) {
            self.entry = entry
            self.isClockTrusted = isClockTrusted
            self.boot = boot
        }

        package var id: Int64 { entry.id }
        package var reading: Reading { entry.reading }
    }

    package struct Selection: Sendable, Equatable {
        /// The strap's name; nil for every strap.
        package var strap: String?
        /// The first and the last moment of measurement, in milliseconds since the Unix epoch.
        package var measuredAtMilliseconds: ClosedRange<Int64>

        package init(strap: String? = nil, measuredAtMilliseconds: ClosedRange<Int64> = .min ... .max) {
            self.strap = strap
            self.measuredAtMilliseconds = measuredAtMilliseconds
        }
    }

    /// Some of the history, in order of arrival.
    package struct Page: Sendable, Equatable {
        /// May be empty: more may follow all the same.
        package let entries: [Record]
        /// Where the next page goes on.
        package let examinedThroughID: Int64
    }
}
