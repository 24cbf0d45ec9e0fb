/// What the whole show came to.
struct Score {
    /// In the order of the performers.
    let tallies: [Tally]
    /// Readings that the outbox has received, of all straps.
    let received: Int

    var sent: Int { tallies.reduce(0) { $0 + $1.sent.count } }

    /// How many readings are missing somewhere on the way.
    var lost: Int { max(sent - received, tallies.reduce(0) { $0 + $1.lost }) }

    /// Whether the room showed every reading once and in order.
    var isExact: Bool { lost == 0 && tallies.allSatisfy(\.isExact) }
}
