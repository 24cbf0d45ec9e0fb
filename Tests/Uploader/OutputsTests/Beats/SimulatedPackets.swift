import Timing

@testable import Outputs

/// A heart and the packets in which a strap reports it.
struct SimulatedPackets {
    struct Packet {
        var arrival: Int64
        var beatsPerMinute: Int
        var rrIntervals: [UInt16]
    }

    /// When the heart beats, in microseconds.
    private(set) var beats: [Int64] = []
    private(set) var packets: [Packet] = []

    /// `rate` returns the beats a minute at a second. The strap's clock runs faster than this machine's by a factor.
    init(
        seconds: Int, packetSeconds: Double = 1, strapClock: Double = 1, jitterMilliseconds: Double = 30,
        seed: UInt64 = 1, rate: (Double) -> Double
    ) {
        var random = SplitMix64(seed: seed)
        var next = Double.random(in: 0...1, using: &random)
        var last: Double?
        let start = 100.0
        for number in 1...Int(Double(seconds) / packetSeconds) {
            let end = Double(number) * packetSeconds
            var intervals: [UInt16] = []
            while next <= end {
                if let last { intervals.append(UInt16(((next - last) * strapClock * 1024).rounded())) }
                beats.append(Int64((start + next) * 1_000_000))
                last = next
                next += 60 / rate(next) * Double.random(in: 0.96...1.04, using: &random)
            }
            let delay = Double.random(in: 0...jitterMilliseconds / 1000, using: &random)
            packets.append(
                Packet(
                    arrival: Int64((start + end + delay) * 1_000_000), beatsPerMinute: Int(rate(end).rounded()),
                    rrIntervals: intervals))
        }
    }

    /// Leaves out packets, or changes them.
    func changed(_ change: (Int, Packet) -> Packet?) -> SimulatedPackets {
        var other = self
        other.packets = packets.enumerated().compactMap { change($0.offset, $0.element) }
        return other
    }

    /// What a clock makes of the packets when each beat is taken at its time.
    func play(_ clock: inout BeatClock) -> [BeatClock.Beat] {
        var played: [BeatClock.Beat] = []
        for packet in packets {
            while let due = clock.nextMicroseconds, due <= packet.arrival {
                if let beat = clock.takeDue(atMicroseconds: due) { played.append(beat) }
            }
            clock.take(
                beatsPerMinute: packet.beatsPerMinute, rrIntervals: packet.rrIntervals, atMicroseconds: packet.arrival)
            if let beat = clock.takeDue(atMicroseconds: packet.arrival) { played.append(beat) }
        }
        return played
    }
}

extension [BeatClock.Beat] {
    /// How much the distance of each beat to the one before differs from the interval of the strap, in milliseconds.
    var jitterMilliseconds: [Double] {
        zip(self, dropFirst()).compactMap { before, beat in
            beat.rrMilliseconds.map { abs(Double(beat.atMicroseconds - before.atMicroseconds) / 1000 - Double($0)) }
        }
    }

    var distances: [Int64] { zip(self, dropFirst()).map { $1.atMicroseconds - $0.atMicroseconds } }
}

extension [Double] {
    /// The value below which this part of all values lies.
    func percentile(_ part: Double) -> Double {
        isEmpty ? 0 : sorted()[Swift.min(Int(Double(count) * part), count - 1)]
    }
}
