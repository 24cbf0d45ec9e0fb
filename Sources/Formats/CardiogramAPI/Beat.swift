/// The heart rate over a span of time (Cardiogram Connect, "Posting Beats").
package struct Beat: Sendable, Hashable, Codable {
    /// Seconds since the Unix epoch, UTC.
    package var start: Int64
    /// Seconds since the Unix epoch, UTC; equal to ``start`` in every published example.
    package var end: Int64
    /// Beats per minute; may have a fraction.
    package var value: Double

    package init(start: Int64, end: Int64, value: Double) {
        self.start = start
        self.end = end
        self.value = value
    }
}
