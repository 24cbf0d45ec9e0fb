/// Detects a low battery: once at each threshold, independent of reconnections.
struct BatteryWatch: Sendable, Equatable {
    /// A coin cell that says 20 % lasts some weeks more; at 10 % it is time.
    static let thresholdPercents: [UInt8] = [20, 10]

    /// Straps estimate, and a cold battery recovers: only so far above the first threshold it is a new one.
    static let renewedPercent: UInt8 = 30

    /// The lowest reported threshold.
    private var toldPercent: UInt8?

    /// Whether to warn of this level.
    mutating func isNewlyLow(percent: UInt8) -> Bool {
        if percent >= Self.renewedPercent { toldPercent = nil }
        guard let threshold = Self.thresholdPercents.filter({ percent <= $0 }).min(),
            threshold < toldPercent ?? .max
        else { return false }
        toldPercent = threshold
        return true
    }
}
