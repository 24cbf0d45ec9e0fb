import DateFormats
import Files
import FoundationEssentials
import Glibc
import HRV

/// A measurement of `strapline hrv`, as a line of the history.
package struct HRVRecord: Codable, Equatable, Sendable {
    /// When it ended, in UTC.
    package let at: String
    package let atMilliseconds: Int64
    package let strap: String
    package let seconds: Int
    package let averageRate: Int?
    package let rmssd: Double?
    package let sdnn: Double?
    package let pnn50: Double?
    package let dfaAlpha1: Double?
    package let intervals: Int
    package let artefactShare: Double
    package let gaps: Int
    package let isReliable: Bool

    enum CodingKeys: String, CodingKey {
        case at, strap, seconds, intervals, gaps
        case atMilliseconds = "at_ms"
        case averageRate = "average_bpm"
        case rmssd = "rmssd_ms"
        case sdnn = "sdnn_ms"
        case pnn50 = "pnn50_percent_of_differences"
        case dfaAlpha1 = "dfa_alpha1_4_16"
        case artefactShare = "artefact_share"
        case isReliable = "reliable"
    }

    package init(_ measurement: HRVMeasurement, atMilliseconds: Int64) {
        let summary = measurement.summary
        at = ISO8601.text(milliseconds: atMilliseconds)
        self.atMilliseconds = atMilliseconds
        strap = measurement.strap ?? ""
        seconds = Int(measurement.elapsedMilliseconds / 1000) + 1
        averageRate = measurement.averageRate
        (rmssd, sdnn, pnn50) = (summary.rmssd, summary.sdnn, summary.pnn50)
        dfaAlpha1 = summary.dfaAlpha1
        intervals = summary.intervals
        artefactShare = summary.artefactShare
        gaps = summary.gaps
        isReliable = measurement.isReliable
    }
}

/// The measurements of this user, one JSON object a line, oldest first: `hrv.jsonl` in the state directory.
package struct HRVHistory: Sendable {
    package struct Failure: Error, Equatable, CustomStringConvertible {
        package let path: String
        package let reason: String

        package var description: String { "\(path) cannot be written: \(reason)" }
    }

    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// The file of this user.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        path = StateDirectory.path(environment: environment) + "/hrv.jsonl"
    }

    /// Adds a measurement. It is on the disk when this returns; only this user can read the file.
    package func append(_ record: HRVRecord) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var line = Array(try encoder.encode(record)) + [UInt8(ascii: "\n")]
        StateDirectory.makeFolder(of: path)
        let file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(errno) }
        defer { close(file) }
        // A power cut may have left the beginning of a line.
        let end = lseek(file, 0, SEEK_END)
        var last: UInt8 = 0
        if end > 0, pread(file, &last, 1, end - 1) == 1, last != UInt8(ascii: "\n") {
            line.insert(UInt8(ascii: "\n"), at: 0)
        }
        do throws(DescriptorIO.Failure) {
            try DescriptorIO.write(line, to: file)
        } catch {
            throw failure(error.code)
        }
        guard fsync(file) == 0 else { throw failure(errno) }
    }

    /// All measurements; without a file there is none. A line that is no measurement is left out.
    package func records(ofStrap strap: String? = nil) -> [HRVRecord] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return data.split(separator: UInt8(ascii: "\n"))
            .compactMap { try? JSONDecoder().decode(HRVRecord.self, from: Data($0)) }
            .filter { record in strap.map { $0 == record.strap } ?? true }
    }

    private func failure(_ code: Int32) -> Failure { Failure(path: path, reason: String(cString: strerror(code))) }
}
