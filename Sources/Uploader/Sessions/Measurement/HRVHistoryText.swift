import Console
import HRV

/// The measurements of the history as a table.
package enum HRVHistoryText {
    private static let titles = ["MEASURED", "STRAP", "TIME", "AVERAGE", "RMSSD", "SDNN", "pNN50", "ARTEFACTS", "NOTE"]

    package static func lines(of records: [HRVRecord]) -> [String] {
        guard !records.isEmpty else { return ["No measurement yet: strapline hrv --for 3m"] }
        return TextTable.lines(
            of: [titles]
                + records.map { record in
                    [
                        WallTime.dateAndTime(ofMilliseconds: record.atMilliseconds), record.strap,
                        SessionText.length(Int64(record.seconds) * 1000), record.averageRate.map { "\($0) bpm" } ?? "-",
                        record.rmssd.map { "\(HRVText.number($0, digits: 1)) ms" } ?? "-",
                        record.sdnn.map { "\(HRVText.number($0, digits: 1)) ms" } ?? "-",
                        record.pnn50.map { "\(HRVText.number($0, digits: 1)) %" } ?? "-",
                        "\(HRVText.number(100 * record.artefactShare, digits: 1)) %",
                        record.isReliable ? "" : "not reliable",
                    ]
                })
    }
}
