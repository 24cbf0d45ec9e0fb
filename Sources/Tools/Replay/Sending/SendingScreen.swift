import ArgumentParser
import Console
import DateFormats
import Glibc
import HeartRate
package import Outbox
import PulsoidAPI
import Synchronization
import TextFormats

/// What `simulate` and `replay` print.
package struct SendingScreen: Sendable {
    private struct Line: Encodable {
        let event = "accepted"
        let strap: String
        let measuredAt: String
        let measuredAtMilliseconds: Int64
        let beatsPerMinute: UInt16

        enum CodingKeys: String, CodingKey {
            case event, strap
            case measuredAt = "measured_at"
            case measuredAtMilliseconds = "measured_at_ms"
            case beatsPerMinute = "bpm"
        }
    }

    private struct Total: Encodable {
        struct LaneTotal: Encodable {
            let strap: String
            let destination: String
            let accepted: Int
            let refused: Int
            let unsent: Int
        }

        let event = "summary"
        let accepted: Int
        let refused: Int
        let unsent: Int
        let reasons: [String]
        let lanes: [LaneTotal]
    }

    /// That the sending was asked to stop: the copies of a screen ask once.
    private final class StopRequest: Sendable {
        let isMade = Atomic<Bool>(false)
    }

    /// How much is sent, where no line of standard output shows it.
    private final class Counter: Sendable {
        let accepted = Atomic<Int>(0)
        let line: ProgressLine

        init(isSilent: Bool) {
            line = ProgressLine(isBeside: isSilent)
        }
    }

    let isJSON: Bool
    let isQuiet: Bool
    /// How many readings are to be sent, over all destinations; nil where that is unknown.
    private let total: Int?
    private let stop = StopRequest()
    private let counter: Counter

    package init(isJSON: Bool, isQuiet: Bool, total: Int? = nil) {
        self.isJSON = isJSON
        self.isQuiet = isQuiet
        self.total = total
        counter = Counter(isSilent: !isQuiet && StandardStream.output.isTerminal)
    }

    package func show(_ reading: Reading) {
        let accepted = counter.accepted.wrappingAdd(1, ordering: .relaxed).newValue
        counter.line.show("\(accepted) \(total.map { "of \($0) " } ?? "")readings sent")
        guard !isQuiet else { return }
        let rate = reading.measurement.beatsPerMinute
        let time = reading.measuredAtMilliseconds
        guard isJSON else {
            let when = WallTime.dateAndTime(ofMilliseconds: time)
            return show(line: "\(when)  \(reading.strap)  \(rate) bpm")
        }
        let line = Line(
            strap: reading.strap, measuredAt: ISO8601.text(milliseconds: time), measuredAtMilliseconds: time,
            beatsPerMinute: rate)
        show(line: (try? line.jsonLine()) ?? "")
    }

    /// Where it cannot be shown the sending stops in order, and ``end(_:)`` says why.
    private func show(line: String) {
        do throws(OutputFailure) {
            try StandardStream.output.send(line.printableLines() + "\n")
        } catch {
            if !stop.isMade.exchange(true, ordering: .relaxed) { kill(getpid(), SIGTERM) }
        }
    }

    /// Removes the line with the progress.
    package func clear() { counter.line.end() }

    /// Prints what it came to, and ends the program with an exit code unless all was accepted.
    package func end(_ result: SendingResult) throws {
        clear()
        let rows = result.lanes.sorted { $0.key.description < $1.key.description }
        if isJSON {
            let total = Total(
                accepted: result.accepted, refused: result.refused, unsent: result.unsent, reasons: result.reasons,
                lanes: rows.map {
                    Total.LaneTotal(
                        strap: $0.strap, destination: $0.destination, accepted: $1.accepted, refused: $1.refused,
                        unsent: $1.unsent)
                })
            StandardStream.output.print(try total.jsonLine())
        } else {
            let titles = ["STRAP", "DESTINATION", "ACCEPTED", "REFUSED", "NOT SENT"]
            let cells = rows.map {
                [$0.strap, $0.destination, "\($1.accepted)", "\($1.refused)", "\($1.unsent)"]
            }
            for line in TextTable.lines(of: [titles] + cells) { StandardStream.output.print(line) }
        }
        for reason in result.reasons {
            StandardStream.error.print("strapline: refused: \(reason.printable())")
        }
        if result.refused > 0 { throw ExitCode.dataError }
        if result.unsent > 0 { throw ExitCode.temporaryFailure }
    }
}
