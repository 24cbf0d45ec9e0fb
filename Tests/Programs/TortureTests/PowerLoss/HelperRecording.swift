import HeartRate
import Outbox
import Subprocess
import SystemPackage
import TestKit
import Timing

/// A recording of `OutboxCrashHelper`, which appends readings of one strap and moves the cursor after each.
struct HelperRecording {
    static let strap = "chest"
    static let lane = Lane(strap: strap, destination: "pulsoid")

    let durability: Durability
    let recording: DiskRecording

    struct HelperError: Error {
        let status: TerminationStatus
    }

    /// With `syncMilliseconds` the outbox also runs, and syncs at this interval.
    init(_ durability: Durability, appends: Int, syncMilliseconds: Int? = nil, shim: OutboxShim) async throws {
        self.durability = durability
        let directory = TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let outbox = directory.file("outbox.sqlite")
        let record = directory.file("record")
        let mode = durability.rawValue + (syncMilliseconds.map { ":\($0)" } ?? "")
        let ended = try await run(
            .path(.init(Torture.helpers + "/OutboxCrashHelper")),
            arguments: [outbox, mode, "\(Self.firstNumber)", "\(appends)", Self.strap],
            environment: .inherit.updating(shim.recording(to: record, of: outbox)), input: .none,
            output: .discarded)
        guard ended.terminationStatus.isSuccess else { throw HelperError(status: ended.terminationStatus) }
        recording = try DiskRecording(contentsOf: record)
    }

    /// The time of the first reading, in ms, which is too young for the retention.
    static let firstNumber = KernelTime().now().wallMilliseconds

    /// The helper's readings.
    static func reading(number: Int64) -> Reading {
        Reading(
            strap: strap, measurement: HeartRateMeasurement(beatsPerMinute: 60, rrIntervals: [1000]),
            measuredAtMilliseconds: number, bootMilliseconds: number)
    }

    /// The helper's reports up to an event.
    enum Told {
        case appended(id: Int64, number: Int64)
        case acknowledged(id: Int64)

        init?(_ line: String) {
            let words = line.split(whereSeparator: \.isWhitespace)
            switch words.first {
            case "appended" where words.count == 4:
                self = .appended(id: Int64(words[1]) ?? -1, number: Int64(words[3]) ?? -1)
            case "acknowledged" where words.count == 2: self = .acknowledged(id: Int64(words[1]) ?? -1)
            default: return nil
            }
        }
    }
}
