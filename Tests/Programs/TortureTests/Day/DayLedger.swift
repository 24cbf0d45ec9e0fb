/// The readings of a day that have arrived at one service, each named by its second. Small for any length of day.
struct DayLedger {
    private var hasArrived: [Bool]
    /// The first second that has not arrived.
    private(set) var next = 0
    private(set) var arrived = 0
    private(set) var repeated = 0
    private(set) var overtaking = 0
    /// The most readings that one reading has overtaken.
    private(set) var furthestAhead = 0
    /// Readings of no second of this day, or with another second's rate.
    private(set) var wrong = 0

    init(seconds: Int) {
        hasArrived = Array(repeating: false, count: seconds)
    }

    mutating func take(second: Int, isRight: Bool) {
        guard hasArrived.indices.contains(second), isRight else { return wrong += 1 }
        guard !hasArrived[second] else { return repeated += 1 }
        hasArrived[second] = true
        arrived += 1
        if second > next { overtaking += 1 }
        furthestAhead = max(furthestAhead, second - next)
        while next < hasArrived.count, hasArrived[next] { next += 1 }
    }
}
