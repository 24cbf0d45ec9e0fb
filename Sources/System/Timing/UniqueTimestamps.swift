/// Gives each measurement of a strap a millisecond of its own, by either clock.
///
/// The link layer repeats packets lost in the air, so that packets may arrive together; a service that knows a
/// reading by its millisecond would take the second for a repetition of the first. And the two clocks do not change
/// milliseconds at the same instant: two moments may differ by one and be the same by the other.
package struct UniqueTimestamps {
    private var last: Moment?

    package init() {}

    /// The moment, or as many milliseconds later as it takes to come after the one before.
    package mutating func next(_ moment: Moment) -> Moment {
        var next = moment
        if let last {
            let lag = last.bootMilliseconds + 1 - moment.bootMilliseconds
            if lag > 0 { next = next.later(byMilliseconds: lag) }
            if next.wallMilliseconds == last.wallMilliseconds { next = next.later(byMilliseconds: 1) }
        }
        last = next
        return next
    }
}

extension Moment {
    fileprivate func later(byMilliseconds milliseconds: Int64) -> Moment {
        Moment(
            wallMilliseconds: wallMilliseconds + milliseconds, bootMilliseconds: bootMilliseconds + milliseconds)
    }
}
