import Timing

/// A heart rate that the service has shown.
struct Sight: Sendable, Hashable {
    /// Stands for the user of the token, on a stream that is of no other.
    static let tokenUser = ""

    /// The profile, or ``tokenUser``.
    let member: String
    /// Milliseconds since the Unix epoch, as the service tells them.
    let measuredAtMilliseconds: Int64
    let beatsPerMinute: Int
    /// When it arrived here.
    let at: Moment
}
