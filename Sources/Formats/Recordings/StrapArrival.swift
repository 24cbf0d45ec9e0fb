package import HeartRate

/// A measurement of a strap with the time at which it arrived, on both clocks.
package struct StrapArrival: Sendable, Equatable {
    /// Until the end of the year 9999; other times are those of a damaged file.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799_999

    package let measurement: HeartRateMeasurement
    /// Since the Unix epoch, by a clock that may step.
    package let wallMilliseconds: Int64
    /// Since the machine booted, by a clock that never steps.
    package let bootMilliseconds: Int64
    /// The boot; other numbers are other boots.
    package let boot: Int64

    package init(
        _ measurement: HeartRateMeasurement, wallMilliseconds: Int64, bootMilliseconds: Int64, boot: Int64 = 0
    ) {
        self.measurement = measurement
        self.wallMilliseconds = min(max(wallMilliseconds, Self.times.lowerBound), Self.times.upperBound)
        self.bootMilliseconds = min(max(bootMilliseconds, Self.times.lowerBound), Self.times.upperBound)
        self.boot = boot
    }
}

/// Times of arrival that ascend, whatever the wall clock does.
///
/// The wall clock gives the first time. From there on the clock of the boot counts, until the machine boots again or
/// nothing arrives for ``Recording/longPauseMilliseconds``. Then the wall clock gives the time again, unless it has
/// gone back.
struct SteadyTime: Equatable {
    private struct Anchor: Equatable {
        let boot: Int64
        /// From the clock of the boot to the time.
        let offset: Int64
        let bootMilliseconds: Int64
        let milliseconds: Int64
    }

    private var anchor: Anchor?

    mutating func milliseconds(of arrival: StrapArrival) -> Int64 {
        var offset = arrival.wallMilliseconds - arrival.bootMilliseconds
        if let anchor {
            let isSameBoot = anchor.boot == arrival.boot
            let pause = arrival.bootMilliseconds - anchor.bootMilliseconds
            if isSameBoot, pause < Recording.longPauseMilliseconds || arrival.wallMilliseconds < anchor.milliseconds {
                offset = anchor.offset
            }
            // Of another boot whose clock is behind, or of equal times.
            offset = max(offset, anchor.milliseconds - arrival.bootMilliseconds)
        }
        let time = arrival.bootMilliseconds + offset
        anchor = Anchor(
            boot: arrival.boot, offset: offset, bootMilliseconds: arrival.bootMilliseconds, milliseconds: time)
        return time
    }
}
