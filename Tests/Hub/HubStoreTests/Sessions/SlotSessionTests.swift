import HubStore
import Testing

/// The sessions of slots are those of the readings: the same rule, whatever the place of the readings in their slots.
struct SlotSessionTests {
    /// A run of readings: when it begins, how many, and the seconds between them.
    private struct Run {
        let start: Int64
        var count = 200
        var step: Int64 = 1
        var end: Int64 { start + Int64(count - 1) * step }
    }

    private func slots(_ runs: [Run]) -> [ReadingSlot] {
        var slots: [Int64: ReadingSlot] = [:]
        for run in runs {
            for index in 0..<Int64(run.count) {
                let slot = ReadingSlot(
                    StoredReading(
                        userID: 1, measuredAtMilliseconds: (run.start + index * run.step) * 1000,
                        heartRate: 60 + Int(index % 50)))
                if slots[slot.number]?.add(slot) == nil { slots[slot.number] = slot }
            }
        }
        return slots.values.sorted { $0.number < $1.number }
    }

    private func sessions(_ slots: [ReadingSlot]) -> [SlotSession] {
        var finder = SlotSessionFinder()
        let sessions = slots.compactMap { finder.take($0) }
        return sessions + [finder.last()].compactMap(\.self)
    }

    @Test(arguments: Array(stride(from: Int64(0), to: 300, by: 37)))
    func pauseOfTenMinutes_endsASession_wherever(offset: Int64) {
        for (pause, count) in [(599, 1), (600, 2), (601, 2), (899, 2), (5000, 2)] as [(Int64, Int)] {
            let first = Run(start: 1_000_000 + offset)
            let second = Run(start: first.end + pause)
            let slots = slots([first, second])
            let found = sessions(slots)
            #expect(found.count == count, "\(pause) s")
            #expect(found.first?.startMilliseconds == first.start * 1000)
            #expect(found.last?.endMilliseconds == second.end * 1000)
            #expect(found.reduce(0) { $0 + $1.readings } == 400)
            // Backwards the same.
            #expect(sessions(slots.reversed()) == found.reversed())
        }
    }

    @Test func runThatIsTooShort_isNone() {
        #expect(sessions(slots([Run(start: 1000, count: 120)])).isEmpty)
        #expect(sessions(slots([Run(start: 1000, count: 121)])).count == 1)
        #expect(sessions(slots([Run(start: 1000, count: 19, step: 60)])).isEmpty)
        #expect(sessions(slots([Run(start: 1000, count: 20, step: 60)])).count == 1)
        #expect(sessions([]).isEmpty)
    }

    @Test func session_hasTheSumsOfItsReadings() throws {
        let session = try #require(sessions(slots([Run(start: 3_000_000_017, count: 1000)])).first)
        #expect(session.lowestRate == 60)
        #expect(session.highestRate == 109)
        #expect(session.averageRate == 84.5)
        #expect(session.minutes == 17)
        #expect(session.intervals == 0)
        #expect(session.isRunning(atMilliseconds: session.endMilliseconds + 599_999))
        #expect(!session.isRunning(atMilliseconds: session.endMilliseconds + 600_000))
    }

    @Test func intervals_countForTheirSlot_andAreNoReading() {
        let reading = StoredReading(userID: 1, measuredAtMilliseconds: 900_000, heartRate: 70)
        var slot = ReadingSlot(reading)
        slot.add(ReadingSlot(intervals: 2, of: reading))
        #expect(slot.intervals == 2)
        #expect(slot.readings == 1)
        #expect([slot.lowestRate, slot.highestRate, slot.minutes] == [70, 70, 1])
        // Alone it is no reading, so it begins no session.
        var finder = SlotSessionFinder()
        #expect(finder.take(ReadingSlot(intervals: 2, of: reading)) == nil)
        #expect(finder.last() == nil)
    }

    @Test(
        arguments: [
            (0, 0), (299_999, 0), (300_000, 1), (-1, -1), (-300_000, -1), (-300_001, -2),
        ] as [(Int64, Int64)])
    func number_isThatOfTheFiveMinutes(milliseconds: Int64, number: Int64) {
        #expect(ReadingSlot.number(ofMilliseconds: milliseconds) == number)
    }
}
