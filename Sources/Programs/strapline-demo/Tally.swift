/// What one strap sent, and what of it arrived where.
struct Tally {
    /// The rates that the strap notified, in order.
    var sent: [Int] = []
    /// The rates that the room stream showed, in order.
    var seenInRoom: [Int] = []
    /// Readings that the hub has stored as Pulsoid's.
    var storedByPulsoid = 0
    /// The seconds in which readings were measured, which is how many beats Cardiogram is owed.
    var secondsWithReadings = 0
    /// Beats that the hub has stored as Cardiogram's.
    var storedByCardiogram = 0

    /// How many of the strap's readings are missing at the place where most are.
    var lost: Int {
        max(
            0, sent.count - storedByPulsoid, sent.count - seenInRoom.count,
            secondsWithReadings - storedByCardiogram)
    }

    /// Whether the room showed every reading once and in order.
    var isExact: Bool { sent == seenInRoom && storedByPulsoid == sent.count }
}
