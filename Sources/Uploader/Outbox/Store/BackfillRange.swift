/// A backfill range: readings behind a lane's cursor that it has deferred, because newer readings go first.
///
/// A range is drained like a lane of its own, oldest reading first, and is removed when its last reading is passed.
package struct BackfillRange: Sendable, Equatable {
    let rowID: Int64
    /// The last reading before the range; while it is drained, the last one that is delivered or set aside.
    package let after: Int64
    /// The last reading of the range.
    package let last: Int64

    /// A row of `gap`, with this alias of the table, holds the reading.
    static let holdsReading = "gap.lane = lane.id AND reading.id > gap.after_reading AND reading.id <= gap.last_reading"
}
