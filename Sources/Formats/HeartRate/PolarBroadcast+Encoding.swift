extension PolarBroadcast {
    /// Makes the broadcast of a strap that sends one value.
    ///
    /// `counter` grows with every new value. Only its lowest three bits are sent.
    public init(beatsPerMinute: UInt8, isContactDetected: Bool = true, counter: UInt8 = 0) {
        self.beatsPerMinute = beatsPerMinute
        self.isContactDetected = isContactDetected
        hasBatteryStatus = true
        self.counter = counter & 0x07
    }

    /// The content of Polar's manufacturer data in the shortest form, the heart rate block.
    public func encoded() -> [UInt8] {
        let head = (hasBatteryStatus ? 0x01 : 0) | (isContactDetected ? 0x02 : 0) | counter << 2
        return [head, 0] + (fastAverageBeatsPerMinute.map { [$0] } ?? []) + [beatsPerMinute]
    }
}
