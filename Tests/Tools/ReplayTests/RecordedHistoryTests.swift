import Console
import FoundationEssentials
import HeartRate
import Outbox
import TestKit
import Testing
import Timing

@testable import Replay

@Suite struct RecordedHistoryTests {
    private func history(_ text: String) throws -> [RecordedReading] {
        try RecordedHistory(Array(text.utf8), path: "f").readings
    }

    private func mistake(in text: String) -> String? {
        do {
            _ = try RecordedHistory(Array(text.utf8), path: "f")
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [HistoryFormat.csv, .jsonLines]) func export_isReadAsItWasWritten(format: HistoryFormat) throws {
        let entries = ["chest", "a,b", #"say "hi""#, "two\nlines", "Ännchen ♥"].enumerated().map { index, strap in
            History.Record(
                entry: OutboxEntry(
                    id: Int64(index),
                    reading: Reading(
                        strap: strap,
                        measurement: HeartRateMeasurement(
                            beatsPerMinute: UInt16(60 + index), contact: SensorContact.allCases[index % 3],
                            energyExpendedKilojoules: 5, rrIntervals: [853, 1024]),
                        measuredAtMilliseconds: 1_767_225_600_123 + Int64(index), bootMilliseconds: 5)),
                isClockTrusted: true)
        }
        let read = try history(format.header + entries.map(format.line).joined())
        #expect(read.map(\.strap) == entries.map(\.entry.reading.strap))
        #expect(read.map(\.measuredAtMilliseconds) == entries.map(\.entry.reading.measuredAtMilliseconds))
        #expect(read.map(\.measurement.beatsPerMinute) == [60, 61, 62, 63, 64])
        #expect(read.map(\.measurement.contact) == entries.map(\.entry.reading.measurement.contact))
    }

    @Test func columns_inAnotherOrderAndFewer_areTakenByTheirNames() throws {
        let read = try history("bpm,measured_at,notes\r\n72,2026-01-01T00:00:00.5Z,\"long, and \"\"odd\"\"\"\r\n\r\n")
        #expect(read.count == 1)
        #expect(read[0].measuredAtMilliseconds == 1_767_225_600_500)
        #expect(read[0].measurement == HeartRateMeasurement(beatsPerMinute: 72))
        #expect(try history("\u{FEFF}measured_at_ms,bpm\r\n1,60\r\n").count == 1, "as a spreadsheet saves it")
        #expect(try history(#"{"measured_at":"2026-01-01T00:00:00Z","bpm":70}"#).count == 1)
    }

    @Test(arguments: [
        ("", "f: is empty"), ("time,rate\n1,2\n", "f:1: does not name the columns"),
        ("measured_at_ms,bpm\n1,2\n1\n", "f:3: has 1 cells where the first line has 2"),
        ("measured_at_ms,bpm\n1,2\nx,2\n", "f:3: measured_at_ms is not a whole number: x"),
        ("measured_at_ms,bpm\n1,\n", "f:2: bpm is missing"),
        ("measured_at_ms,bpm\n1,-7\n", "f:2: bpm is no heart rate"),
        ("measured_at_ms,bpm,strap\n1,60,\"a\nb\"\n,60,c\n", "f:4: measured_at_ms is missing"),
        ("measured_at_ms,bpm,strap\n1,60,\"a\n2,60,c\n", "f:2: a quotation mark is never closed"),
        ("measured_at_ms,bpm,strap\n1,60,\"a\"b\n", "f:2: something follows the closing quotation mark"),
        ("measured_at,bpm\nyesterday,60\n", "f:2: measured_at is no time: yesterday"),
        ("measured_at_ms,bpm,contact\n1,60,maybe\n", "f:2: contact is none of"),
        ("{\"measured_at_ms\":1,\"bpm\":60}\n\n{\"measured_at_ms\":1}\n", "f:3: bpm is missing"),
        ("{\"measured_at_ms\":1,\"bpm\":60}\nnonsense\n", "f:2: is not a JSON object"),
        ("{\"measured_at_ms\":\"x\",\"bpm\":60}\n", "f:1: measured_at_ms is not what it should be"),
    ])
    func mistake_isToldWithItsLine(text: String, words: String) throws {
        let told = try #require(mistake(in: text))
        #expect(told.hasPrefix(words), "\(told)")
    }

    /// Forms of an export that spreadsheets and scripts write.
    @Test(arguments: [
        "H\rA\rB\r", "H\r\nA\r\nB", "H\n\n\nA\n\nB\n", "sep=,\nH\nA\nB\n", "SEP=,\r\nH\r\nA\r\nB\r\n",
        "\"sep=,\"\nH\nA\nB\n",
        "\u{FEFF}sep=,\nH\nA\nB\n", "H\nA\n,,,,,\nB\n", "H,,\nA,,\nB,,\n", "H\nA\n,,,,,,,,\nB\n\u{20}\n",
        "\u{FEFF}H\nA\nB\n",
    ])
    func table_asSpreadsheetsWriteIt_isRead(form: String) throws {
        let header = "id,Measured_At_Ms, BPM ,contact,strap,Measured At"
        let first = "1, 1795539839120 ,72.0,Detected,\"chest\" ,2026-11-24T17:03:59.120Z"
        let second = "2,1795539840120.00,73,,chest,"
        let text = form.replacing("A", with: first).replacing("B", with: second).replacing("H", with: header)
        for separator in [",", ";", "\t", "|"] where separator == "," || !form.lowercased().contains("sep=,") {
            let read = try history(text.replacing(",", with: separator))
            #expect(read.map(\.measuredAtMilliseconds) == [1_795_539_839_120, 1_795_539_840_120], "\(separator)")
            #expect(read.map(\.measurement.beatsPerMinute) == [72, 73])
            #expect(read.map(\.strap) == ["chest", "chest"])
            #expect(read.first?.measurement.contact == .detected)
        }
    }

    @Test func table_savedAsUTF16_isRead() throws {
        let text = "measured_at_ms;bpm;strap\r\n1;60;Ännchen\r\n"
        for (mark, isLittleEndian) in [([0xFF, 0xFE] as [UInt8], true), ([0xFE, 0xFF], false)] {
            let bytes = text.utf16.flatMap { unit in
                let (low, high) = (UInt8(unit & 0xFF), UInt8(unit >> 8))
                return isLittleEndian ? [low, high] : [high, low]
            }
            let read = try RecordedHistory(mark + bytes, path: "f").readings
            #expect(read.map(\.strap) == ["Ännchen"])
            _ = try? RecordedHistory(mark + bytes.dropLast(), path: "f")
            _ = try? RecordedHistory(mark, path: "f")
        }
    }

    @Test func table_withDecimalCommasBetweenSemicolons_isRead() throws {
        #expect(try history("sep=;\nmeasured_at_ms;bpm\n1,0;72,00\n").map(\.measurement.beatsPerMinute) == [72])
        #expect(try history("measured_at_ms\tbpm\n1\t72,0\n").map(\.measurement.beatsPerMinute) == [72])
    }

    @Test func jsonArray_isReadAsLinesAre() throws {
        #expect(try history(#"[{"measured_at_ms":1,"bpm":60.0,"strap":"a"},{"measured_at_ms":2,"bpm":61}]"#).count == 2)
        #expect(mistake(in: #"[{"measured_at_ms":1}]"#)?.hasPrefix("f: object 1: bpm is missing") == true)
        #expect(mistake(in: "[1]")?.hasPrefix("f: is not an array of JSON objects") == true)
    }

    @Test(arguments: [
        ("time;rate\n1;2\n", "with a semicolon between cells, names: time, rate"),
        ("time\trate\n1\t2\n", "with a tab between cells, names: time, rate"),
        ("measured_at_ms,bpm\n1,72.5\n", "f:2: bpm is not a whole number: 72.5"),
        ("measured_at_ms;bpm\n1;72,5\n", "f:2: bpm is not a whole number: 72,5"),
        ("measured_at_ms,bpm\n1.79554E+12,72\n", "A spreadsheet has rounded it"),
        ("measured_at_ms;bpm\n1,79554E+12;72\n", "A spreadsheet has rounded it"),
        ("measured_at_ms,bpm\n-1,72\n", "f:2: measured_at_ms is no time since 1970"),
        ("measured_at_ms,bpm\n9223372036854775807,72\n", "f:2: measured_at_ms is no time since 1970"),
        ("measured_at_ms,bpm\n\"1\u{1B}[31m\",72\n", "f:2: measured_at_ms is not a whole number: 1 [31m"),
        ("measured_at,bpm\n\"a\u{202E}b\nerror: x\",72\n", "f:2: measured_at is no time: a b error: x"),
        ("measured_at_ms,bpm,contact\n1,72,\u{9B}31m\n", ": 31m"),
        ("measured_at_ms,bpm\n1,72,3\n", "f:2: has 3 cells where the first line has 2"),
        ("\u{1B}[2J,b\u{7}ar\n", "names: [2j, b_ar"),
    ])
    func mistake_inATable_isToldAsItWasSeen(text: String, words: String) throws {
        let told = try #require(mistake(in: text))
        #expect(told.contains(words), "\(told)")
        #expect(told.unicodeScalars.allSatisfy { ![.control, .format].contains($0.properties.generalCategory) })
    }

    @Test func file_thatIsNotThere_isTold() throws {
        let error = #expect(throws: HistoryReadingError.self) { _ = try RecordedHistory.read("/nowhere/at/all.csv") }
        #expect(error?.line == nil && error?.problem.hasPrefix("cannot be read") == true)
    }

    @Test func anyBytes_areReadOrRefused_andNeverTrap() {
        var random = SplitMix64(seed: 4)
        let alphabet = Array("measured_at_ms,bpm\n\r\"{}:17é\0".utf8)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0..<80, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            _ = try? RecordedHistory(bytes, path: "f")
            _ = try? RecordedHistory(Array("measured_at_ms,bpm\n".utf8) + bytes, path: "f")
        }
    }
}
