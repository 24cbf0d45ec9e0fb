import BlueZ
import Console
import TextFormats

/// A status as text: a table of the straps, a table of the destinations, and remarks.
package enum StatusText {
    private static let strapTitles = [
        "STRAP", "STATE", "SINCE", "HEART RATE", "LAST READING", "CONTACT", "BATTERY", "DEVICE",
    ]
    private static let outputTitles = ["OUTPUT", "KIND", "STRAP", "STATE", "SINCE", "LAST SENT"]
    private static let sessionTitles = [
        "SESSIONS TO", "STRAP", "STATE", "WAITING", "UPLOADED", "LAST UPLOAD", "SET ASIDE",
    ]
    private static let destinationTitles = ["STRAP", "DESTINATION", "STATE", "WAITING", "LAST SUCCESS", "SET ASIDE"]

    /// A reason ends with what to do: it must not be cut off. The report has at most 500 characters of it.
    private static let reasonScalars = 2_000

    package static func lines(of report: StatusReport) -> [String] {
        var lines: [String] = []
        if !report.straps.isEmpty {
            lines += TextTable.lines(of: [strapTitles] + report.straps.map(cells))
            lines += report.straps.flatMap(remarks) + [""]
        }
        if !report.destinations.isEmpty {
            lines += TextTable.lines(of: [destinationTitles] + report.destinations.map(cells))
            lines += report.destinations.flatMap(remarks)
            if report.destinations.contains(where: { $0.setAside ?? 0 > 0 }) {
                lines.append("Dead letters and their reasons: strapline outbox list")
            }
            if report.destinations.contains(where: { $0.clockWait != nil }) {
                lines.append(
                    "Uploads wait until network time sets the clock, or for this long at most. Check: timedatectl")
            }
            lines.append("")
        }
        if !report.outputs.isEmpty {
            lines += TextTable.lines(of: [outputTitles] + report.outputs.map(cells))
            lines += report.outputs.flatMap(remarks) + [""]
        }
        if !report.sessionUploads.isEmpty {
            lines += TextTable.lines(of: [sessionTitles] + report.sessionUploads.map(cells))
            lines += report.sessionUploads.flatMap(remarks)
            if report.sessionUploads.contains(where: { $0.setAside > 0 }) {
                lines.append("Sessions set aside and their reasons: strapline session uploads")
            }
            lines.append("")
        }
        return lines + warnings(about: report.outbox) + [sentence(about: report.outbox)]
    }

    private static func cells(_ strap: StrapReport) -> [String] {
        let name = strap.deviceName.map { $0.printable() } ?? ""
        let device = [name, strap.address.map { name.isEmpty ? $0 : "(\($0))" } ?? ""].filter { !$0.isEmpty }
        return [
            strap.strap, strap.state.rawValue, WallTime.age(milliseconds: strap.stateAge),
            strap.beatsPerMinute.map { "\($0) bpm" } ?? "-",
            strap.readingAge.map { WallTime.age(milliseconds: $0) } ?? "none yet", strap.contact ?? "-",
            strap.batteryPercent.map { "\($0) %" } ?? "-", device.isEmpty ? "-" : device.joined(separator: " "),
        ]
    }

    private static func remarks(_ strap: StrapReport) -> [String] {
        let product = [strap.manufacturer, strap.model].compactMap(\.self).joined(separator: " ")
        let details = [
            product.isEmpty ? nil : product, strap.serialNumber.map { "serial number \($0)" },
            strap.firmwareRevision.map { "firmware \($0)" }, strap.bodyLocation.map { "worn: \($0)" },
            strap.energyKilojoules.map { "\($0) kJ expended" },
        ].compactMap(\.self)
        let remarks = [
            strap.reason, details.isEmpty ? nil : details.joined(separator: ", "),
            strap.session.map { session in
                let start = WallTime.dateAndTime(ofMilliseconds: session.startedAtMilliseconds)
                let length = WallTime.span(milliseconds: session.lengthMilliseconds)
                return "session \(session.id) since \(start), \(length)"
            },
            strap.variability.map { VariabilityText.line(of: $0) },
            strap.malformed == 0 ? nil : "malformed packets ignored: \(strap.malformed)",
            strap.lost == 0 ? nil : "measurements lost before the outbox: \(strap.lost)",
        ]
        return remarks.compactMap { $0.map { "\(strap.strap): \($0.printable())" } }
    }

    private static func cells(_ destination: DestinationReport) -> [String] {
        [
            destination.strap, destination.destination, destination.stateWords ?? "-",
            destination.waiting.map { "\($0)" } ?? "-",
            destination.lastSuccessAge.map { WallTime.age(milliseconds: $0) } ?? "-",
            destination.setAside.map { "\($0)" } ?? "-",
        ]
    }

    private static func remarks(_ destination: DestinationReport) -> [String] {
        var remarks: [String] = []
        if let state = destination.state, let reason = destination.reason {
            let age = destination.stateAge.map { " for \(WallTime.span(milliseconds: $0))" } ?? ""
            remarks.append("\(state)\(age): \(reason.printable(scalars: reasonScalars))")
        }
        if let error = destination.lastError, let age = destination.lastErrorAge, error != destination.reason {
            let words = error.printable(scalars: reasonScalars)
            remarks.append("last error \(WallTime.age(milliseconds: age)): \(words)")
        }
        if let tooOld = destination.tooOld, tooOld > 0 {
            remarks.append("not sent because older than max_age_seconds: \(tooOld)")
        }
        return remarks.map { "\(destination.strap) to \(destination.destination): \($0)" }
    }

    private static func cells(_ output: OutputReport) -> [String] {
        [
            output.output, output.kind, output.strap ?? "all", output.state,
            WallTime.age(milliseconds: output.stateAge),
            output.lastSentAge.map { WallTime.age(milliseconds: $0) } ?? "-",
        ]
    }

    private static func remarks(_ output: OutputReport) -> [String] {
        guard let reason = output.reason else { return [] }
        let age = WallTime.span(milliseconds: output.stateAge)
        return ["\(output.output): failing for \(age): \(reason.printable(scalars: reasonScalars))"]
    }

    private static func cells(_ upload: SessionUploadReport) -> [String] {
        [
            upload.destination, upload.strap ?? "all", upload.state ?? "-", "\(upload.waiting)",
            "\(upload.uploaded)", upload.lastSuccessAge.map { WallTime.age(milliseconds: $0) } ?? "-",
            "\(upload.setAside)",
        ]
    }

    private static func remarks(_ upload: SessionUploadReport) -> [String] {
        guard let state = upload.state, let reason = upload.reason else { return [] }
        let age = upload.stateAge.map { " for \(WallTime.span(milliseconds: $0))" } ?? ""
        return ["\(upload.destination): \(state)\(age): \(reason.printable(scalars: reasonScalars))"]
    }

    private static func warnings(about outbox: OutboxReport) -> [String] {
        var warnings: [String] = []
        if let reason = outbox.cannotWrite {
            let held = "\(outbox.inMemory ?? 0) readings in memory, \(outbox.lost ?? 0) lost"
            warnings.append("outbox: cannot write (\(reason)), \(held)")
            if let detail = outbox.cannotWriteDetail { warnings.append("  \(detail.printable())") }
        }
        for file in outbox.damagedFiles ?? [] {
            warnings.append("outbox: was damaged and moved aside; recover it: sqlite3 \(file) .recover")
        }
        return warnings
    }

    private static func sentence(about outbox: OutboxReport) -> String {
        if let problem = outbox.problem { return problem }
        let dropped = outbox.dropped ?? 0
        let lost = outbox.cannotWrite == nil ? outbox.lost ?? 0 : 0
        return "outbox \(outbox.path): \(outbox.received ?? 0) readings received, \((outbox.usedBytes ?? 0) / 1000) kB"
            + (dropped == 0 ? "" : ", \(dropped) dropped undelivered because it was full")
            + (lost == 0 ? "" : ", \(lost) lost undelivered while it could not be written")
    }
}
