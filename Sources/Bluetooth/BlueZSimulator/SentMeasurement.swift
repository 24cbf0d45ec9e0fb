/// One notification of Heart Rate Measurement that the simulator has sent.
public struct SentMeasurement: Sendable, Hashable {
    public var strapAddress: String
    /// Counts the strap's sent measurements from 1.
    public var number: Int
    public var bytes: [UInt8]
}
