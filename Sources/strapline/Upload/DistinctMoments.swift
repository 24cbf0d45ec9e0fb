import Timing

/// Gives each measurement of a strap a millisecond of its own.
///
/// The link layer repeats what was lost in the air, so that packets may arrive together; a service that knows a reading
/// by its millisecond would take the second for a repetition of the first.
struct DistinctMoments {
    private var last: Moment?

    /// The moment, or as many milliseconds later as it takes to come after the one before.
    mutating func next(_ moment: Moment) -> Moment {
        var next = moment
        if let last {
            let lag = last.bootMilliseconds + 1 - moment.bootMilliseconds
            if lag > 0 {
                next.bootMilliseconds += lag
                next.wallMilliseconds += lag
            }
        }
        last = next
        return next
    }
}
