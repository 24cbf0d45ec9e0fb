/// The heart as avatars show it. The value without arguments is that of no heart rate: all is 0 and false.
struct OSCHeart: Sendable {
    /// A change of the RR interval that is worth a twitch of an ear.
    static let clearChangeMilliseconds = 50

    private static let averageMilliseconds: Int64 = 10_000
    private static let mostRate = 255

    private(set) var rate = 0
    private(set) var intervalMilliseconds = 0
    /// The newest RR interval minus the one before.
    private(set) var intervalChange = 0
    private(set) var batteryPercent = 0
    /// In milliseconds; nil without reliable RR intervals.
    private(set) var rmssd: Double?
    private(set) var sdnn: Double?
    private(set) var isPulse = false
    private(set) var toggle = false
    private var rates: [(rate: Int, bootMilliseconds: Int64)] = []

    var isLive: Bool { rate > 0 }

    var averageRate: Int {
        rates.isEmpty ? 0 : (rates.reduce(0) { $0 + $1.rate } + rates.count / 2) / rates.count
    }

    /// The digit at a place: 0 for the last one.
    func digit(_ place: Int) -> Int {
        let divisor = [1, 10, 100][place]
        return rate / divisor % 10
    }

    mutating func take(rate: Int, intervalsMilliseconds: [Int], batteryPercent: Int?, bootMilliseconds: Int64) {
        self.rate = min(max(rate, 0), Self.mostRate)
        self.batteryPercent = min(max(batteryPercent ?? 0, 0), 100)
        rates.removeAll { bootMilliseconds - $0.bootMilliseconds >= Self.averageMilliseconds }
        rates.append((self.rate, bootMilliseconds))
        guard let newest = intervalsMilliseconds.last else {
            intervalChange = 0
            return
        }
        let before = intervalsMilliseconds.dropLast().last ?? intervalMilliseconds
        intervalChange = before == 0 ? 0 : newest - before
        intervalMilliseconds = newest
    }

    mutating func take(rmssd: Double?, sdnn: Double?) {
        (self.rmssd, self.sdnn) = (rmssd, sdnn)
    }

    mutating func beginPulse() {
        isPulse = true
        toggle.toggle()
    }

    mutating func endPulse() {
        isPulse = false
    }
}
