import Foundation
import HeartRate
import Testing

/// A row of `heart-rate-measurement-vectors.tsv`: what a real strap or a public test says that bytes mean.
struct MeasurementVector: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let measurement: HeartRateMeasurement
    let source: String

    var testDescription: String { "\(bytes.hex) \(source)" }

    static func all() throws -> [MeasurementVector] {
        try rows(of: "heart-rate-measurement-vectors").map { row in
            let contacts: [String: SensorContact] = ["yes": .detected, "no": .notDetected, "none": .unsupported]
            return MeasurementVector(
                bytes: try #require([UInt8](hex: row[0])),
                measurement: HeartRateMeasurement(
                    beatsPerMinute: try #require(UInt16(row[1])),
                    contact: try #require(contacts[row[2]]),
                    energyExpendedKilojoules: UInt16(row[3]),
                    rrIntervals: row[4].split(separator: ",").compactMap { UInt16($0) }),
                source: row[5])
        }
    }

    static func rows(of name: String) throws -> [[String]] {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "tsv", subdirectory: "Vectors"))
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst().map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
