import DateFormats
import Recordings

extension SessionFile {
    /// Why there is no file of a session.
    package struct Missing: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// Of a longer session, or of one with more heart rates, no file is made: the uploader has 128 MB of memory for all
    /// that it does. A day of one reading a second takes some 30.
    static let longestMilliseconds: Int64 = 28 * 3_600_000
    static let mostHeartRates = 400_000

    /// The file of a recording. The same recording gives the same name and bytes.
    /// - Throws: ``Missing``.
    init(
        _ recording: Recording, externalID: String, as format: RecordingFormat, localOffsetSeconds: (Int64) -> Int
    ) throws(Missing) {
        guard recording.sampleCount > 0 else {
            throw Missing(description: "Its readings have left the history.")
        }
        guard recording.sampleCount <= Self.mostHeartRates,
            recording.endMilliseconds - recording.startMilliseconds <= Self.longestMilliseconds
        else {
            throw Missing(
                description: "It is longer than \(Self.longestMilliseconds / 3_600_000) hours, or has more than "
                    + "\(Self.mostHeartRates) heart rates. Export a part of it, and upload that by hand: "
                    + "strapline export --format fit --since … --until …")
        }
        guard let bytes = format.bytes(of: recording, localOffsetSeconds: localOffsetSeconds) else {
            throw Missing(
                description: format.needsIntervals
                    ? "It has no RR intervals, and \(format.rawValue) files hold nothing else. Use `format: fit`."
                    : "It has no heart rate from 1 to 254 bpm.")
        }
        // 2026-11-29T06:15:04.123Z
        let start = ISO8601.text(milliseconds: recording.startMilliseconds).prefix(19).replacing(":", with: "-")
        let strap = Self.cleaned(recording.strap)
        self.init(
            externalID: externalID, title: "Heart rate of \(recording.strap)",
            name: "\(start)Z-\(strap)-\(externalID).\(format.fileExtension)",
            startMilliseconds: recording.startMilliseconds, endMilliseconds: recording.endMilliseconds, bytes: bytes)
    }

    /// A strap's name as a part of a file name and of a URL.
    private static func cleaned(_ name: String) -> String {
        let scalars = name.unicodeScalars.prefix(40).map { scalar in
            scalar.isASCII && scalar.properties.isAlphabetic || scalar.properties.numericType != nil && scalar.isASCII
                ? scalar : "_"
        }
        return String(String.UnicodeScalarView(scalars))
    }
}

extension RecordingFormat {
    fileprivate var fileExtension: String {
        switch self {
        case .fit: "fit"
        case .tcx: "tcx"
        case .rr, .kubios: "txt"
        case .hrvLogger: "csv"
        }
    }

    /// The type of a file in HTTP.
    var contentType: String {
        switch self {
        case .fit: "application/vnd.ant.fit"
        case .tcx: "application/vnd.garmin.tcx+xml"
        case .rr, .kubios: "text/plain; charset=utf-8"
        case .hrvLogger: "text/csv; charset=utf-8"
        }
    }
}
