import DateFormats
import FIT
import HRV

/// The files that other programs read. The same recording gives the same bytes.
package enum RecordingFormat: String, Sendable, CaseIterable {
    /// Heart rates and RR intervals: intervals.icu, Runalyze, Strava, Garmin Connect, GoldenCheetah, Kubios.
    case fit
    /// Heart rates: older programs.
    case tcx
    /// RR intervals in ms, one a line, an empty line where beats are missing: Elite HRV, Kubios, HRVAS, RHRV.
    case rr
    /// RR intervals with their times, as HRV Logger writes them: FatMaxxer, RRational.
    case hrvLogger = "hrv-logger"
    /// Time and RR interval in seconds: Kubios.
    case kubios

    /// Whether a file has nothing but RR intervals.
    package var needsIntervals: Bool { self != .fit && self != .tcx }
    /// Whether it is no text.
    package var isBinary: Bool { self == .fit }

    /// The bytes of a file; nil where the recording has nothing of what the format holds.
    /// `localOffsetSeconds` is the difference between local wall time and UTC at a time in Unix milliseconds.
    package func bytes(of recording: Recording, localOffsetSeconds: (Int64) -> Int) -> [UInt8]? {
        switch self {
        case .fit:
            return recording.activity(localOffsetSeconds: localOffsetSeconds(recording.endMilliseconds)).encoded()
        case .tcx: return TCX.document(of: recording).map { Array($0.utf8) }
        case .rr, .hrvLogger, .kubios:
            let beats = recording.beats
            guard !beats.isEmpty else { return nil }
            return Array(Self.text(self, TimedBeat.sequence(of: beats), localOffsetSeconds).utf8)
        }
    }

    private static func text(
        _ format: RecordingFormat, _ beats: [TimedBeat], _ localOffsetSeconds: (Int64) -> Int
    ) -> String {
        switch format {
        case .kubios:
            return beats.map { "\(seconds($0.sinceStart + $0.interval))\t\(seconds($0.interval))\n" }.joined()
        case .hrvLogger:
            return beats.reduce(into: "date,rr,since start\n") { text, beat in
                let local = beat.milliseconds + Int64(localOffsetSeconds(beat.milliseconds)) * 1000
                let date = ISO8601.text(milliseconds: local).dropLast().replacing("T", with: " ")
                text += "\(date),\(beat.interval),\(beat.sinceStart)\n"
            }
        default:
            return beats.enumerated().map { place, beat in
                (beat.startsStretch && place > 0 ? "\n" : "") + "\(beat.interval)\n"
            }.joined()
        }
    }

    /// `0.759` of 759 ms.
    private static func seconds(_ milliseconds: Int64) -> String {
        let fraction = "\(milliseconds % 1000)"
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }
}

/// An interval in whole ms with the time of its start. Within a stretch each starts where the one before ends.
private struct TimedBeat {
    /// Since the Unix epoch.
    let milliseconds: Int64
    /// Since the first interval began.
    let sinceStart: Int64
    let interval: Int64
    let startsStretch: Bool

    static func sequence(of beats: [RRBeat]) -> [TimedBeat] {
        guard let first = beats.first else { return [] }
        let start = first.milliseconds - Int64(first.wholeMilliseconds)
        var end = start
        return beats.map { beat in
            let interval = Int64(beat.wholeMilliseconds)
            if beat.startsStretch { end = max(end, beat.milliseconds - interval) }
            defer { end += interval }
            return TimedBeat(
                milliseconds: end, sinceStart: end - start, interval: interval, startsStretch: beat.startsStretch)
        }
    }
}
