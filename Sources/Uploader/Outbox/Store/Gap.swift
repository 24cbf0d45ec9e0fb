/// Readings behind a lane's cursor that it has left for later, because newer ones go first.
///
/// A gap is drained like a lane of its own, oldest reading first, and is gone when its last one is passed.
package struct Gap: Sendable, Equatable {
    let rowID: Int64
    /// The last reading before the gap; while it is drained, the last one that is delivered or set aside.
    package let after: Int64
    /// The last reading of the gap.
    package let last: Int64

    /// A row of `gap`, with this alias of the table, holds the reading.
    static let holdsReading = "gap.lane = lane.id AND reading.id > gap.after_reading AND reading.id <= gap.last_reading"
}
