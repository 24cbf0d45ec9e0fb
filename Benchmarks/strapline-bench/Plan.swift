/// What each program goes through in one round.
enum Plan {
    static let atAStrapsPace = "1 a second"
    static let busy = "200 a second"
    /// A part of the way to the last reading, with memory read at its end.
    static let onTheWay = "on the way"

    /// Readings until caches are warm and connections stand; not reported.
    static let warmUp = PlannedPhase(name: "warm-up", phase: .paced(perSecond: 100), readings: 200)
    private static let paced = [
        PlannedPhase(name: atAStrapsPace, phase: .paced(perSecond: 1), readings: 10),
        PlannedPhase(name: busy, phase: .paced(perSecond: 200), readings: 2000),
    ]
    /// Enough to keep every program busy, few enough that none is ever behind.
    private static let drivenUnderWay = 8
    /// How many times memory is read on the way to the last reading.
    private static let checkpoints = 4

    static let short = [warmUp] + paced

    /// As ``short``, after half a minute at a strap's pace, in which outputs that fail come to their longest pause.
    static let settled = [
        warmUp,
        PlannedPhase(name: onTheWay, phase: .paced(perSecond: 1), readings: 32),
        PlannedPhase(name: atAStrapsPace, phase: .paced(perSecond: 1), readings: 32),
        PlannedPhase(name: busy, phase: .paced(perSecond: 200), readings: 4000),
    ]

    /// As ``short``, then on as fast as the program goes until it has had `readings` in all.
    static func long(readings: Int) -> [PlannedPhase] {
        let done = short.reduce(0) { $0 + $1.readings }
        let marks = [done] + (1...checkpoints).map { max(readings * $0 / checkpoints, done) }
        return short
            + zip(marks, marks.dropFirst()).filter { $0 < $1 }.map { from, to in
                PlannedPhase(name: onTheWay, phase: .driven(underWay: drivenUnderWay), readings: to - from)
            }
    }
}
