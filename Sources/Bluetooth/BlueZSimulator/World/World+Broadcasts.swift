import HeartRate

extension World {
    /// So often a strap advertises the same broadcast before the next one.
    static let advertisementsPerBroadcast = 3

    /// Measures once, and broadcasts; nil if no adapter receives it.
    mutating func broadcast(_ address: String) -> SentMeasurement? {
        guard let bytes = straps[address]?.config.beats.next(),
            let measurement = try? HeartRateMeasurement(decoding: bytes)
        else { return nil }
        let counter = straps[address]?.broadcast.map { $0.counter &+ 1 } ?? 0
        straps[address]?.broadcast = PolarBroadcast(
            beatsPerMinute: UInt8(clamping: measurement.beatsPerMinute),
            isContactDetected: measurement.contact != .notDetected,
            counter: counter)
        guard let strap = straps[address] else { return nil }
        let listeners = adapters.values.filter { isReceived(strap, by: $0) }
        guard !listeners.isEmpty else { return nil }
        straps[address]?.measurementsSent += 1
        for _ in 0..<Self.advertisementsPerBroadcast {
            for adapter in listeners { receive(strap, on: adapter) }
        }
        return SentMeasurement(strapAddress: address, number: strap.measurementsSent + 1, bytes: bytes)
    }
}

extension World.Strap {
    /// What its advertisements hold.
    var manufacturerData: [UInt16: [UInt8]] {
        var data = config.manufacturerData
        data[PolarBroadcast.companyIdentifier] = broadcast?.encoded() ?? data[PolarBroadcast.companyIdentifier]
        return data
    }
}
