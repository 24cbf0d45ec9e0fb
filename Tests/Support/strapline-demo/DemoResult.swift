/// What one strap sent, and how much of it arrived where.
struct Tally {
    /// The rates that the strap notified, in order.
    var sent: [Int] = []
    /// The rates that the room stream showed, in order.
    var seenInRoom: [Int] = []
    /// Readings that the hub has stored as Pulsoid's.
    var storedByPulsoid = 0
    /// The seconds in which readings were measured. Cardiogram gets one beat for each.
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

/// What the whole demo sent, and how much of it arrived.
struct DemoResult {
    /// In the order of the users.
    let tallies: [Tally]
    /// Readings that the outbox has received, of all straps.
    let received: Int

    var sent: Int { tallies.reduce(0) { $0 + $1.sent.count } }

    /// How many readings are missing somewhere on the way.
    var lost: Int { max(sent - received, tallies.reduce(0) { $0 + $1.lost }) }

    /// Whether the room showed every reading once and in order.
    var isExact: Bool { lost == 0 && tallies.allSatisfy(\.isExact) }
}
