import HeartRate
import Testing

/// A row of `heart-rate-measurement-malformed.tsv`: bytes that are cut off, too long or no heart rate. The expectation
/// of them stands there in words, of which this takes every one that can be checked.
struct MalformedVector: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let description: String
    let expectation: String

    var testDescription: String { "\(bytes.hex) \(description)" }

    var isRejected: Bool { expectation.hasPrefix("reject") }
    var isNotUploaded: Bool { expectation.contains("do not upload") }
    var hasTrailingBytes: Bool { (description + expectation).contains("trailing") }
    var beatsPerMinute: UInt16? { expectation.firstMatch(of: /bpm (\d+)/).flatMap { UInt16($0.1) } }
    var energyExpendedKilojoules: UInt16? { expectation.firstMatch(of: /energy (\d+)/).flatMap { UInt16($0.1) } }
    var rrIntervalCount: Int? { expectation.firstMatch(of: /(\d+) RR/).flatMap { Int($0.1) } }
    var rrIntervals: [UInt16]? {
        expectation.firstMatch(of: /rr \[([\d,]*)\]/).map { $0.1.split(separator: ",").compactMap { UInt16($0) } }
    }

    static func all() throws -> [MalformedVector] {
        try MeasurementVector.rows(of: "heart-rate-measurement-malformed").map { row in
            MalformedVector(
                bytes: try #require([UInt8](hex: row[0])), description: row[1], expectation: row[2])
        }
    }
}
