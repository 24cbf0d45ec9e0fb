import Console
import HRV
package import Recordings

/// Sessions as text.
package enum SessionText {
    private static let titles = ["ID", "STRAP", "STARTED", "LENGTH", "AVERAGE", "HIGHEST", "STATE"]

    package static let none = """
        No session: the history has no heart rates for two minutes or longer. `strapline export` shows each reading.
        """

    /// A table, in the order of the sessions.
    package static func table(of sessions: [HeartRateSession]) -> [String] {
        guard !sessions.isEmpty else { return [none] }
        return TextTable.lines(
            of: [titles]
                + sessions.map { session in
                    [
                        "\(session.id)", session.strap, WallTime.dateAndTime(ofMilliseconds: session.startMilliseconds),
                        length(session.lengthMilliseconds), "\(session.average) bpm", "\(session.highest) bpm",
                        words(session),
                    ]
                })
    }

    /// All that is known about one session.
    package static func lines(of session: HeartRateSession, _ recording: Recording) -> [String] {
        let start = WallTime.dateAndTime(ofMilliseconds: session.startMilliseconds)
        let end = WallTime.text(ofMilliseconds: session.endMilliseconds)
        var lines = [
            "session \(session.id) of \(session.strap): \(start) to \(end), \(length(session.lengthMilliseconds)), "
                + words(session),
            "heart rate: \(session.average) bpm on average, from \(session.lowest) to \(session.highest), "
                + HRVText.count(session.readings, "reading"),
        ]
        let missing = recording.endMilliseconds - recording.startMilliseconds - recording.recordedMilliseconds
        if recording.stretches.count > 1 {
            let gaps = HRVText.count(recording.stretches.count - 1, "gap")
            lines.append("\(gaps), \(length(missing)) in all, where heart rates or beats are missing")
        }
        lines += HRVText.lines(of: HRVSummary(recording.beats))
        lines += [HRVText.unitWarning(about: recording)].compactMap(\.self)
        if let energy = recording.kilocalories { lines.append("energy: \(energy) kcal, as the strap counts") }
        let device = recording.device
        let product = [device.manufacturer, device.product].compactMap(\.self).joined(separator: " ")
        let details = [
            product.isEmpty ? nil : product, device.serialNumber.map { "serial number \($0)" },
            device.firmware.map { "firmware \($0)" },
        ].compactMap(\.self)
        if !details.isEmpty { lines.append("device: \(details.joined(separator: ", "))") }
        return lines
    }

    /// `1:02:03` or `2:03`
    package static func length(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        func padded(_ number: Int64) -> String { (number < 10 ? "0" : "") + "\(number)" }
        let minutes = seconds / 60 % 60
        return seconds < 3600
            ? "\(minutes):\(padded(seconds % 60))" : "\(seconds / 3600):\(padded(minutes)):\(padded(seconds % 60))"
    }

    private static func words(_ session: HeartRateSession) -> String {
        let state =
            switch session.state {
            case .running: "running"
            case .finished: "finished"
            case .unsettled: "open until the clock is set"
            }
        return state + (session.mayBeCut ? ", its beginning may be missing" : "")
    }
}
