import BlueZ
import Console
import TextFormats
import UploaderStatus

/// How the uploader stands, in one line: `anna live 72 bpm, ben searching; 3 waiting for pulsoid`.
enum StatusSummaryLine {
    /// More would not be read.
    private static let strapLimit = 8

    static func text(of report: StatusReport) -> String {
        var straps = report.straps.prefix(strapLimit).map { strap in
            "\(strap.strap) \(strap.state.rawValue)" + (strap.beatsPerMinute.map { " \($0) bpm" } ?? "")
        }
        if report.straps.count > strapLimit { straps.append("\(report.straps.count - strapLimit) more") }
        let parts = [straps.joined(separator: ", "), waiting(report), troubles(report)].compactMap(\.self)
        return parts.joined(separator: "; ").printable()
    }

    /// The backlog of each destination, over all straps. Destinations without a backlog are left out.
    private static func waiting(_ report: StatusReport) -> String? {
        var counts: [String: Int] = [:]
        for destination in report.destinations {
            counts[destination.destination, default: 0] += destination.waiting ?? 0
        }
        let words = counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map {
            "\($0.value) waiting for \($0.key)"
        }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }

    private static func troubles(_ report: StatusReport) -> String? {
        var words = Set(
            report.destinations.filter(\.isTroubled).map { "\($0.destination) \($0.state ?? "")" }
        ).sorted()
        words += report.outputs.filter(\.isFailing).map { "output \($0.output) failing" }
        if let wait = report.destinations.compactMap(\.clockWait).max() {
            words.append("waiting for the clock, at most \(WallTime.span(milliseconds: wait))")
        }
        if let reason = report.outbox.cannotWrite { words.append("outbox: cannot write (\(reason))") }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}
