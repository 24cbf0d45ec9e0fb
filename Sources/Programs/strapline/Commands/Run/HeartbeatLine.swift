import BlueZ
import Console
import TextFormats
import UploaderStatus

/// The newest heart rates of `strapline run` on a terminal, in one line that is written over:
/// `♥ anna 72 bpm → pulsoid ✓ · ben searching`.
enum HeartbeatLine {
    static func text(of report: StatusReport) -> String {
        report.straps.map { strap in
            guard strap.state == .live, let rate = strap.beatsPerMinute else {
                return "\(strap.strap) \(strap.state.rawValue)"
            }
            let destinations = report.destinations.filter { $0.strap == strap.strap }.map { destination in
                let isGood = destination.lastSuccessAge != nil && destination.state == "delivering"
                return "\(destination.destination) \(isGood ? "✓" : destination.state ?? "-")"
            }
            return "♥ \(strap.strap) \(rate) bpm"
                + (destinations.isEmpty ? "" : " → \(destinations.joined(separator: ", "))")
        }.joined(separator: " · ").printable(scalars: 1_000)
    }

    /// Shows it on stderr, if a user looks there.
    static var screen: (@Sendable (StatusReport) -> Void)? {
        guard StandardStream.error.obeysControls else { return nil }
        return { report in
            let columns = StandardStream.error.columns ?? 80
            try? StandardStream.error.send("\r\u{1B}[K" + text(of: report).prefix(columns - 1))
        }
    }
}
