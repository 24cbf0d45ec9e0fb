import BlueZSimulator
import HeartRate
import Testing

struct HeartRateScriptTests {
    private func measurements(_ count: Int, seed: UInt64) -> [HeartRateMeasurement] {
        var script = HeartRateScript(seed: seed)
        return (0..<count).map { _ in script.next() }
    }

    @Test func next_whenSeedIsTheSame_givesTheSame() {
        #expect(measurements(100, seed: 7) == measurements(100, seed: 7))
        #expect(measurements(100, seed: 7) != measurements(100, seed: 8))
    }

    @Test(arguments: UInt64(1)...5)
    func next_overAnHour_isPlausible(seed: UInt64) {
        let hour = measurements(3600, seed: seed)
        #expect(hour.allSatisfy { (45...195).contains($0.beatsPerMinute) && $0.isHeartRate })
        #expect((hour.map(\.beatsPerMinute).max() ?? 0) > 150)
        #expect((hour.map(\.beatsPerMinute).min() ?? 0) < 75)
        // A rate does not jump.
        for (earlier, later) in zip(hour, hour.dropFirst()) {
            #expect(abs(Int(earlier.beatsPerMinute) - Int(later.beatsPerMinute)) <= 6)
        }
        // The intervals fill the time, and fit the rate of their moment.
        let seconds = hour.flatMap(\.rrIntervals).reduce(0) { $0 + Double($1) } / 1024
        #expect(abs(seconds - 3600) < 3)
        for measurement in hour {
            let mean = 60 * 1024 / Double(measurement.beatsPerMinute)
            #expect(measurement.rrIntervals.allSatisfy { abs(Double($0) - mean) < mean * 0.08 })
        }
        // Energy only ever grows, and comes in one packet of ten.
        let energies = hour.compactMap(\.energyExpendedKilojoules)
        #expect(energies.count == 360)
        #expect(energies == energies.sorted())
    }
}
