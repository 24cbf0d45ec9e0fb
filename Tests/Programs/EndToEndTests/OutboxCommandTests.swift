import FoundationEssentials
import Glibc
import HeartRate
import HubStore
import Logging
import Outbox
import ProcessHarness
import PulsoidAPI
import Subprocess
import SystemPackage
import TestKit
import Testing

/// `strapline outbox` as a process, with the outbox of a real uploader.
@Suite(.timeLimit(.minutes(10)), .serialized) struct OutboxCommandTests {
    /// A line of `list --json`.
    private struct Line: Decodable {
        let id: Int64
        let strap: String
        let destination: String
        let state: String
        let refusals: Int
        let reason: String
    }

    @Test func refusedReadings_areListed_putBack_andDeliveredOrRefusedAgain() async throws {
        let stack = try await StackFixture()
        let anna = stack.users[0]
        try await prepare(stack)
        try await stack.withHub { _, _ in
            try await stack.withUploader { uploader in
                let lines = try await list(stack) { $0.count == 2 }
                #expect(lines.map(\.id) == [2, 1], "latest first")
                #expect(lines.allSatisfy { $0.strap == anna.name && $0.state == "set-aside" && $0.refusals == 1 })
                #expect(lines[0].reason.contains("must be a Unix timestamp"), "the hub's own words: \(lines[0].reason)")
                let shown = try await run(["show", "2"], stack)
                #expect(shown.output.contains("must be a Unix timestamp"))
                #expect(shown.output.contains("pulsoid: set aside"))
                #expect(try await run(["retry", "--all"], stack).output.hasPrefix("2 readings are put back."))
                #expect(try await run(["retry", "77"], stack).status == .exited(65))
                await uploader.stop()
            }
            // The next uploader finds the request that this one had no time for.
            try await stack.withUploader { _ in
                let lines = try await list(stack) { $0.count == 1 && $0[0].refusals == 2 }
                #expect(lines[0].id == 2 && lines[0].state == "set-aside")
            }
        }
        let stored = try await HubStore(path: stack.database.string).readings.oldest(ofUser: anna.userID, limit: .max)
        #expect(stored.map(\.heartRate) == [71])
    }

    @Test func retry_whenTheUploaderIsKilledAgainAndAgain_losesNothing() async throws {
        let stack = try await StackFixture()
        let anna = stack.users[0]
        let lane = Lane(strap: anna.name, destination: "pulsoid")
        let outbox = try open(stack, lane)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        try await outbox.append((0..<400).map { reading(UInt16(60 + $0 % 100), of: lane, at: now - 1_000_000 + $0) })
        try await outbox.setAside(Array(1...400), in: lane, reason: "the service had a bad day")
        try await outbox.acknowledge(lane, through: 400)
        try await outbox.close()
        #expect(try await run(["retry", "--all"], stack, byPath: true).output.hasPrefix("400 readings are"))
        try await stack.withHub { _, _ in
            var left = 400
            while left > 0 {
                let before = left
                left = try await stack.withUploader(mayCrash: true) { uploader in
                    let lines = try await list(stack) { $0.count < before }
                    try uploader.kill()
                    return lines.count
                }
            }
        }
        let stored = try await HubStore(path: stack.database.string).readings.oldest(ofUser: anna.userID, limit: .max)
        #expect(stored.map(\.measuredAtMilliseconds) == (0..<400).map { now - 1_000_000 + $0 })
        #expect(try await run(["list"], stack).output == "Nothing is set aside.\n")
    }

    @Test func export_writesTheHistory_toAFileForThisUserOnly() async throws {
        let stack = try await StackFixture()
        try await prepare(stack)
        let file = stack.file("history.csv")
        #expect(try await run(["export", "--output", file], stack, byPath: true).status == .exited(0))
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.split(separator: "\n").count == 3)
        #expect(text.contains(",71,"))
        var status = stat()
        #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let again = try await run(["export", "--output", file], stack, byPath: true)
        #expect(again.status == .exited(73), "\(again.error)")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == text, "it is left alone")

        let json = try await run(["export", "--json", "--until", "2100-01-01"], stack, byPath: true)
        #expect(json.output.split(separator: "\n").allSatisfy { $0.hasPrefix(#"{"id":"#) })
        #expect(json.output.split(separator: "\n").count == 2)
        #expect(try await run(["export", "--strap", "nobody", "--json"], stack, byPath: true).output.isEmpty)
    }

    @Test(arguments: [["list"], ["show", "1"], ["retry", "--all"], ["export"]])
    func command_whenThereIsNoOutbox_saysSo_andMakesNone(arguments: [String]) async throws {
        let stack = try await StackFixture()
        let result = try await run(arguments, stack, byPath: true)
        #expect(result.status == .exited(66))
        #expect(result.error.contains("is the path right?"), "\(result.error)")
        #expect(!FileManager.default.fileExists(atPath: stack.outbox.string))
        try Data(String(repeating: "a shopping list\n", count: 100).utf8).write(to: URL(filePath: stack.outbox.string))
        #expect(try await run(arguments, stack, byPath: true).status == .exited(65))
    }

    /// An outbox with a dead letter, and a reading that the hub will reject, because its clock stood in 1970.
    private func prepare(_ stack: StackFixture) async throws {
        let lane = Lane(strap: stack.users[0].name, destination: "pulsoid")
        let outbox = try open(stack, lane)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        try await outbox.append(reading(71, of: lane, at: now - 60_000))
        try await outbox.append(reading(72, of: lane, at: 86_400_000))
        try await outbox.setAside([1], in: lane, reason: "the service had a bad day")
        try await outbox.acknowledge(lane, through: 1)
        try await outbox.close()
    }

    private func open(_ stack: StackFixture, _ lane: Lane) throws -> Outbox {
        try Outbox(path: stack.outbox.string, lanes: [lane], logger: Logger(label: "test"))
    }

    private func reading(_ rate: UInt16, of lane: Lane, at milliseconds: Int64) -> Reading {
        Reading(
            strap: lane.strap, measurement: HeartRateMeasurement(beatsPerMinute: rate),
            measuredAtMilliseconds: milliseconds, bootMilliseconds: 1_000)
    }

    /// Runs the command until the condition holds.
    private func list(_ stack: StackFixture, when condition: ([Line]) -> Bool) async throws -> [Line] {
        while true {
            let result = try await run(["list", "--json"], stack)
            #expect(result.status == .exited(0), "\(result.error)")
            let lines = try result.output.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            if condition(lines) { return lines }
            try Task.checkCancellation()
        }
    }

    private func run(
        _ arguments: [String], _ stack: StackFixture, byPath: Bool = false
    ) async throws -> ProgramRunner.Ended {
        let place = byPath ? ["--outbox", stack.outbox.string] : ["--config", stack.configuration]
        return try await stack.commands.run(["outbox"] + arguments + place)
    }
}
