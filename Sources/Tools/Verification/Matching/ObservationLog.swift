import Timing

/// What the service has shown, by what it says.
struct ObservationLog: Sendable {
    struct Record: Sendable, Equatable {
        let observation: Observation
        /// Whether one that was measured later had been shown before.
        let isOutOfOrder: Bool
        /// Whether it may be of something that was acknowledged before anybody looked.
        let mayBeOld: Bool
        fileprivate(set) var isMatched = false

        /// Whether a reading is still wanted for it.
        var isOpen: Bool { !isMatched && !mayBeOld }
    }

    /// A heart rate of a user at a time, as the service shows it.
    struct Key: Sendable, Hashable {
        let member: String
        let measuredAtMilliseconds: Int64
        let beatsPerMinute: Int
    }

    /// After this time a reading is not expected to be shown again.
    static let memoryMilliseconds: Int64 = 600_000
    /// After this time a shown reading is not expected to be acknowledged.
    static let patienceMilliseconds: Int64 = 3_600_000

    private var records: [Key: Record] = [:]
    private var newest: [String: Int64] = [:]
    private var repeated: [String: Int] = [:]
    private var forgotten: [String: Int] = [:]

    /// Adds an observation. False if it was there already.
    mutating func add(_ observation: Observation, mayBeOld: Bool = false) -> Bool {
        let key = Key(
            member: observation.member, measuredAtMilliseconds: observation.measuredAtMilliseconds,
            beatsPerMinute: observation.beatsPerMinute)
        guard records[key] == nil else {
            repeated[observation.member, default: 0] += 1
            return false
        }
        let before = newest[observation.member]
        records[key] = Record(
            observation: observation, isOutOfOrder: before.map { observation.measuredAtMilliseconds < $0 } ?? false,
            mayBeOld: mayBeOld)
        overtake(with: observation)
        return true
    }

    /// The time of measurement counts even if the observation is dropped.
    mutating func overtake(with observation: Observation) {
        newest[observation.member] = max(newest[observation.member] ?? .min, observation.measuredAtMilliseconds)
    }

    /// The observation of this reading. It counts for every reading with the same content.
    mutating func match(_ key: Key) -> Record? {
        records[key]?.isMatched = true
        return records[key]
    }

    func contains(_ key: Key) -> Bool { records[key] != nil }

    /// The members who were shown with this at that time.
    func members(shownAt measuredAtMilliseconds: Int64, with beatsPerMinute: Int) -> Set<String> {
        Set(
            newest.keys.filter {
                contains(
                    Key(
                        member: $0, measuredAtMilliseconds: measuredAtMilliseconds, beatsPerMinute: beatsPerMinute))
            })
    }

    /// The latest time of measurement that was shown.
    func newestMeasurement(of member: String) -> Int64? { newest[member] }

    /// Whether one that no reading matches was shown after this moment of the clock that never steps.
    func hasUnmatched(since bootMilliseconds: Int64) -> Bool {
        records.values.contains { $0.isOpen && $0.observation.at.bootMilliseconds >= bootMilliseconds }
    }

    func repeatedCount(of member: String) -> Int { repeated[member] ?? 0 }

    /// How many were shown that no reading matches.
    func extraCount(of member: String) -> Int {
        records.count { $0.key.member == member && $0.value.isOpen } + (forgotten[member] ?? 0)
    }

    /// Removes old entries, so that the memory use is bounded.
    mutating func forgetOld(atBootMilliseconds now: Int64) {
        records = records.filter { key, record in
            let age = now - record.observation.at.bootMilliseconds
            if !record.isOpen { return age < Self.memoryMilliseconds }
            if age < Self.patienceMilliseconds { return true }
            forgotten[key.member, default: 0] += 1
            return false
        }
    }
}

/// A heart rate that the service has shown.
struct Observation: Sendable, Hashable {
    /// Stands for the user of the token, on a stream that is of no other.
    static let tokenUser = ""

    /// The profile, or ``tokenUser``.
    let member: String
    /// Milliseconds since the Unix epoch, as the service reports them.
    let measuredAtMilliseconds: Int64
    let beatsPerMinute: Int
    /// When it arrived here.
    let at: Moment
}
