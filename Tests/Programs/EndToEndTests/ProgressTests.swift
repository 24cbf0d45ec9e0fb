import FoundationEssentials
import HeartRate
import Logging
import Outbox
import ProcessHarness
import Subprocess
import SystemPackage
import Testing

/// Long work shows its progress on a terminal, and nowhere else.
@Suite(.timeLimit(.minutes(10))) struct ProgressTests {
    /// The start of each text of a progress line: it clears the line.
    private static let cleared = "\r\u{1B}[K"

    /// An outbox with 3 readings of the first user, of which one is a dead letter.
    private func prepare(_ stack: StackFixture) async throws {
        let lane = Lane(strap: stack.users[0].name, destination: "pulsoid")
        let outbox = try Outbox(path: stack.outbox.string, lanes: [lane], logger: Logger(label: "test"))
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        try await outbox.append(
            (0..<3).map {
                Reading(
                    strap: lane.strap, measurement: HeartRateMeasurement(beatsPerMinute: 71),
                    measuredAtMilliseconds: now - 60_000 + $0 * 1000, bootMilliseconds: 1000 * $0)
            })
        try await outbox.setAside([1], in: lane, reason: "the service had a bad day")
        try await outbox.close()
    }

    @Test func backup_showsHowMuchIsCopied() async throws {
        let stack = try await StackFixture()
        let place = ["--database", stack.database.string]
        let shown = try await stack.hub.converse(["backup", stack.file("copy1")] + place)
        #expect(shown.status.isSuccess && shown.output.contains("\(Self.cleared)copying: "), "\(shown.output)")
        let dumb = try await stack.hub.converse(["backup", stack.file("copy3")] + place, terminal: "dumb")
        #expect(dumb.status.isSuccess && !dumb.output.contains("\u{1B}"), "\(dumb.output)")
        let silent = try await stack.hub.run(["backup", stack.file("copy2")] + place)
        #expect(silent.status.isSuccess && silent.error.isEmpty, "\(silent.error)")
    }

    @Test func retry_showsHowManyArePutBack() async throws {
        let stack = try await StackFixture()
        try await prepare(stack)
        let arguments = ["outbox", "retry", "--all", "--outbox", stack.outbox.string]
        let shown = try await stack.commands.converse(arguments)
        #expect(shown.status.isSuccess && shown.output.contains("\(Self.cleared)1 put back"), "\(shown.output)")
        let silent = try await stack.commands.run(arguments)
        #expect(silent.status.isSuccess && !silent.error.contains("put back"), "\(silent.error)")
    }

    @Test func replay_showsHowMuchIsSent_unlessItsLinesDo() async throws {
        let stack = try await StackFixture()
        try await prepare(stack)
        let file = stack.file("history.csv")
        _ = try await stack.commands.output(of: ["export", "--outbox", stack.outbox.string, "--output", file])
        try await stack.withHub { hub, _ in
            let arguments = ["replay", file, "--address", hub.firstLine, "--token-file", stack.users[0].tokenFile]
            let quiet = try await stack.commands.converse(arguments + ["--quiet"])
            #expect(quiet.status.isSuccess && quiet.output.contains("of 3 readings sent"), "\(quiet.output)")
            let lines = try await stack.commands.converse(arguments)
            #expect(lines.status.isSuccess && !lines.output.contains("readings sent"), "\(lines.output)")
            #expect(lines.output.split(separator: "71 bpm").count == 4, "\(lines.output)")
        }
    }
}
