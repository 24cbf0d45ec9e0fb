/// Checks that readings arrive each once and in order. A reading is known by its heart rate, which counts up from 1 and
/// starts again after ``highest``.
struct SequenceCheck: Sendable {
    /// All that a heart rate of two bytes has room for.
    static let highest = Int(UInt16.max)

    /// The heart rate of the `index`th reading of a program's life, counted from 0.
    static func heartRate(ofReading index: Int) -> UInt16 {
        UInt16(index % highest) + 1
    }

    /// Readings up to this one have all arrived.
    private(set) var complete = 0
    /// Readings that arrived before an older one.
    private(set) var overtaking = 0
    /// Readings that arrived a second time.
    private(set) var repeated = 0
    private var early: Set<Int> = []

    /// Readings that have arrived, each counted once.
    var arrived: Int { complete + early.count }

    /// The fault; nil if every reading arrived once and in order.
    var complaint: String? {
        guard overtaking + repeated > 0 else { return nil }
        return "\(overtaking) arrived before an older one, \(repeated) arrived again"
    }

    /// Notes an arrival and answers which reading it is; nil where it had arrived before.
    mutating func note(heartRate: UInt16) -> Int? {
        let ahead = (Int(heartRate) - 1 - complete % Self.highest + Self.highest) % Self.highest
        let index = complete + ahead
        // A reading half a round ahead is one of the past.
        guard heartRate > 0, ahead < Self.highest / 2, early.insert(index).inserted else {
            repeated += 1
            return nil
        }
        if ahead > 0 { overtaking += 1 }
        while early.remove(complete) != nil { complete += 1 }
        return index
    }
}
