import Outbox

/// Recorded readings as they are to be sent again.
package struct ReplayFeed: Sequence, Sendable {
    private let readings: [TimedReading]

    /// `speed` is the factor of the original pace; nil sends them as fast as the service takes them. `isAsNow`: they
    /// get a new time of measurement when they are sent.
    package init(_ recorded: [RecordedReading], speed: Double?, isAsNow: Bool) {
        let start = recorded.map(\.measuredAtMilliseconds).min() ?? 0
        let readings = recorded.map { reading in
            TimedReading(
                strap: reading.strap, measurement: reading.measurement,
                due: speed.map { .milliseconds(Double(reading.measuredAtMilliseconds - start) / $0) } ?? .zero,
                measuredAtMilliseconds: isAsNow ? nil : reading.measuredAtMilliseconds)
        }
        // In order of time: if a clock was set back in between, no due reading waits.
        self.readings =
            speed == nil
            ? readings
            : readings.enumerated().sorted { ($0.element.due, $0.offset) < ($1.element.due, $1.offset) }.map(\.element)
    }

    package func makeIterator() -> IndexingIterator<[TimedReading]> { readings.makeIterator() }
}
