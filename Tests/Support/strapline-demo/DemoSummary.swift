import Glibc
import ProcessHarness

/// Lines for the terminal, written at once, also through a pipe.
enum DemoOutput {
    static func print(_ line: String) {
        Swift.print(line)
        fflush(nil)
    }
}

/// The numbers that the demo ends with.
struct DemoSummary {
    let users: [TestUser]
    let result: DemoResult
    let latencies: Latencies

    func print() {
        let rows =
            [
                ["", "sent", "Pulsoid", "Cardiogram", "room", "lost"],
                ["", "by strap", "stored", "beats", "seen", ""],
            ]
            + zip(users, result.tallies).map { user, tally in
                [
                    user.name, "\(tally.sent.count)", "\(tally.storedByPulsoid)",
                    "\(tally.storedByCardiogram)/\(tally.secondsWithReadings)", "\(tally.seenInRoom.count)",
                    "\(tally.lost)",
                ]
            }
        DemoOutput.print("")
        for row in rows { DemoOutput.print(row.map { pad($0, to: 11) }.joined()) }
        DemoOutput.print(
            "Sent \(result.sent) readings, received \(result.received) in the outbox, lost \(result.lost).")
        DemoOutput.print("Cardiogram keeps one beat a second: beats stored / seconds with a reading.")
        if let median = latencies.percentile(0.5), let slowest = latencies.percentile(0.99) {
            DemoOutput.print("From strap to room: p50 \(median) ms, p99 \(slowest) ms.")
        }
        DemoOutput.print(conclusion)
        DemoOutput.print(Self.nextSteps)
    }

    private static let nextSteps = """

        Next, with your own strap:
          .build/debug/strapline setup     from this clone: five questions to the first heartbeat
          sudo strapline setup             the same with the installed package (docs/install.md)
        Your own server: docs/own-hub.md. OBS, phones and many straps: README.md.
        """

    private var conclusion: String {
        if result.lost > 0 { return "\(result.lost) lost." }
        return result.isExact
            ? "None lost; the room showed each reading once and in order."
            : "None lost, but not each once and in order."
    }

    private func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
