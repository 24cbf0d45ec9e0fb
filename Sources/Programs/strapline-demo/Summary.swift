/// The end of the demo in numbers.
struct Summary {
    let performers: [Performer]
    let score: Score
    let latencies: Latencies

    func print() {
        let rows =
            [
                ["", "sent", "Pulsoid", "Cardiogram", "room", "lost"],
                ["", "by strap", "stored", "beats", "seen", ""],
            ]
            + zip(performers, score.tallies).map { performer, tally in
                [
                    performer.name, "\(tally.sent.count)", "\(tally.storedByPulsoid)",
                    "\(tally.storedByCardiogram)/\(tally.secondsWithReadings)", "\(tally.seenInRoom.count)",
                    "\(tally.lost)",
                ]
            }
        Terminal.print("")
        for row in rows { Terminal.print(row.map { pad($0, to: 11) }.joined()) }
        Terminal.print("Sent \(score.sent) readings, received \(score.received) in the outbox, lost \(score.lost).")
        Terminal.print("Cardiogram keeps one beat a second: beats stored / seconds with a reading.")
        if let median = latencies.percentile(0.5), let slowest = latencies.percentile(0.99) {
            Terminal.print("From strap to room: p50 \(median) ms, p99 \(slowest) ms.")
        }
        Terminal.print(verdict)
    }

    private var verdict: String {
        if score.lost > 0 { return "\(score.lost) lost." }
        return score.isExact
            ? "None lost; the room showed each reading once and in order."
            : "None lost, but not each once and in order."
    }

    private func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
