import Console
import FoundationEssentials
import HeartRate
import Outbox
import Testing

@testable import Replay

@Suite struct HistoryFormatTests {
    private func entry(_ strap: String = "chest") -> History.Record {
        History.Record(
            entry: OutboxEntry(
                id: 7,
                reading: Reading(
                    strap: strap,
                    measurement: HeartRateMeasurement(
                        beatsPerMinute: 72, contact: .detected, energyExpendedKilojoules: 12, rrIntervals: [853, 1024]),
                    measuredAtMilliseconds: 1_767_225_600_123, bootMilliseconds: 5)),
            isClockTrusted: true)
    }

    @Test func csv_namesUnits_andHasThemAll() {
        #expect(
            HistoryFormat.csv.header == "id,measured_at,measured_at_ms,clock_set,strap,bpm,contact,energy_kj,rr_ms\n")
        #expect(
            HistoryFormat.csv.line(entry())
                == "7,2026-01-01T00:00:00.123Z,1767225600123,true,chest,72,detected,12,833.0 1000.0\n")
    }

    @Test(arguments: [
        ("a,b", #""a,b""#), (#"say "hi""#, #""say ""hi""""#), ("a\nb", "\"a\nb\""), ("Ännchen ♥", "Ännchen ♥"),
    ])
    func csv_ofAnOddName_isQuoted(name: String, cell: String) {
        #expect(HistoryFormat.csv.line(entry(name)).contains(",true,\(cell),72,"))
    }

    @Test func jsonLine_isJSON_withTheSameNames() throws {
        struct Line: Decodable, Equatable {
            let id: Int64
            let measured_at: String
            let measured_at_ms: Int64
            let clock_set: Bool
            let strap: String
            let bpm: Int
            let contact: String
            let energy_kj: Int?
            let rr_ms: [Double]
        }
        let name = "odd \"name\"\n\\"
        let text = HistoryFormat.jsonLines.line(entry(name))
        #expect(text.last == "\n" && text.dropLast().allSatisfy { $0 != "\n" })
        #expect(
            try JSONDecoder().decode(Line.self, from: Data(text.utf8))
                == Line(
                    id: 7, measured_at: "2026-01-01T00:00:00.123Z", measured_at_ms: 1_767_225_600_123, clock_set: true,
                    strap: name, bpm: 72, contact: "detected", energy_kj: 12, rr_ms: [833, 1000]))
    }

    @Test func rr_whateverTheStrapSent_canBeGotBack() throws {
        for sent in UInt16.min...UInt16.max {
            var entry = entry()
            entry = History.Record(
                entry: OutboxEntry(
                    id: 1,
                    reading: Reading(
                        strap: "c", measurement: HeartRateMeasurement(beatsPerMinute: 60, rrIntervals: [sent]),
                        measuredAtMilliseconds: 0, bootMilliseconds: 0)), isClockTrusted: false)
            let cell = try #require(HistoryFormat.csv.line(entry).dropLast().split(separator: ",").last)
            let milliseconds = try #require(Double(cell))
            guard UInt16((milliseconds * 1.024).rounded()) == sent else {
                Issue.record("\(sent) became \(cell)")
                return
            }
        }
    }
}
