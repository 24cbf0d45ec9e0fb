import ArgumentParser
import Recordings
import Replay

/// What `strapline export` writes: every reading, or a recording that other programs read.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
    case csv, json, fit, tcx, rr
    case hrvLogger = "hrv-logger"
    case kubios

    static let explanation = """
        Formats: csv and json have every reading. fit (heart rate and RR intervals) is for intervals.icu, Runalyze, \
        Strava, Garmin Connect and GoldenCheetah; tcx has no RR intervals. rr has one RR interval in ms per line, with \
        an empty line where beats are missing. hrv-logger and kubios have RR intervals with their times. All but csv \
        and json are of one strap.
        """

    /// Nil for a recording.
    var readings: HistoryFormat.Form? { HistoryFormat.Form(rawValue: rawValue) }
    /// Nil for readings.
    var recording: RecordingFormat? { RecordingFormat(rawValue: rawValue) }
}
