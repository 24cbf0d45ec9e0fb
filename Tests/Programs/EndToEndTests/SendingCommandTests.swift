import CardiogramAPI
import FoundationEssentials
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

/// `strapline simulate` and `strapline replay` as processes, against a real hub.
@Suite(.timeLimit(.minutes(10)), .serialized) struct SendingCommandTests {
    private let directory = TemporaryDirectory()

    private struct Total: Decodable {
        struct Lane: Decodable {
            let strap: String
            let destination: String
            let accepted: Int
        }

        let event: String
        let accepted: Int
        let refused: Int
        let unsent: Int
        let lanes: [Lane]
    }

    // MARK: simulate

    @Test func simulate_ofTwoUsers_tellsWhatTheHubHas() async throws {
        let stack = try await StackFixture()
        let tokens = stack.users.flatMap { ["--token-file", $0.tokenFile] }
        try await stack.withHub { _, port in
            let ended = try await stack.commands.run(
                ["simulate", "--address", "http://127.0.0.1:\(port)", "--json", "--readings", "40", "--rate", "100"]
                    + ["--requests-per-second", "0"] + tokens)
            #expect(ended.status == .exited(0), "\(ended.error)")
            let total = try total(ended)
            #expect(total.accepted == 80 && total.lanes.map(\.accepted) == [40, 40])
            #expect(ended.lines.count == 81, "a line for each, and the total")
        }
        for user in stack.users {
            let stored = try await readings(of: user, stack)
            #expect(stored.count == 40)
            #expect(stored.allSatisfy { (40...205).contains($0.heartRate) })
        }
    }

    @Test func simulate_untilCtrlC_tellsWhatTheServiceHasAccepted() async throws {
        let runner = ProgramRunner.strapline(in: directory)
        try await StubServer.run(answering: [StubAnswer(200)]) { server, requests in
            let arguments = try ["simulate", "--address", server.url, "--token-file", token()]
            let ended = try await runner.run(arguments + ["--rate", "20", "--json"]) { simulate in
                await simulate.lines.until { $0.count >= 5 }
            }
            #expect(ended.status == .exited(0), "\(ended.error)")
            let total = try total(ended)
            #expect(total.accepted >= 5 && total.accepted == requests.all.count)
        }
    }

    @Test func simulate_whenTheServiceAsksToWait_sendsAgain_andCountsOnce() async throws {
        let runner = ProgramRunner.strapline(in: directory)
        let answers = [StubAnswer(200), .json(429, "{}"), StubAnswer(200), .json(500, "{}"), StubAnswer(200)]
        try await StubServer.run(answering: answers) { server, requests in
            let arguments = try ["simulate", "--address", server.url, "--token-file", token(), "--json"]
            let ended = try await runner.run(
                arguments + ["--readings", "4", "--rate", "1000", "--requests-per-second", "0"])
            #expect(ended.status == .exited(0), "\(ended.error)")
            #expect(try total(ended).accepted == 4)
            #expect(requests.all.count == 6)
            #expect(Set(try requests.all.map { try message($0) }).count == 4)
        }
    }

    @Test func simulate_whenTheTokenIsNotTaken_saysSoOnce_andEnds() async throws {
        let runner = ProgramRunner.strapline(in: directory)
        try await StubServer.run(answering: [.json(401, #"{"error_message":"no"}"#)]) { server, _ in
            let arguments = try ["simulate", "--address", server.url, "--token-file", token()]
            let ended = try await runner.run(arguments)
            #expect(ended.status == .exited(77), "\(ended.error)")
            #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
            #expect(ended.error.contains("data:heart_rate:write"))
        }
    }

    // MARK: replay

    @Test func replay_ofAnExport_bringsTheSameReadings_andNoneTwice() async throws {
        let stack = try await StackFixture()
        let anna = stack.users[0]
        let times = try await prepare(stack)
        try await stack.withHub { _, port in
            let hub = ["--address", "http://127.0.0.1:\(port)", "--token-file", anna.tokenFile]
            for (format, target) in [([], hub), (["--json"], ["--config", stack.configuration])] {
                let file = stack.file("history\(format.count)")
                let exported = try await stack.commands.run(
                    ["outbox", "export", "--outbox", stack.outbox.string, "--output", file, "--strap", anna.name]
                        + format)
                #expect(exported.status == .exited(0), "\(exported.error)")
                let ended = try await stack.commands.run(["replay", file, "--json"] + target)
                #expect(ended.status == .exited(0), "\(ended.error)")
                let total = try total(ended)
                #expect(total.lanes.first { $0.destination == "pulsoid" }?.accepted == 3)
                #expect(total.refused == 0 && total.unsent == 0)
                #expect(ended.error.contains("1 of the readings are no heart rate"), "\(ended.error)")
            }
            let stored = try await readings(of: anna, stack)
            #expect(stored.map(\.measuredAtMilliseconds) == times)
            #expect(stored.map(\.heartRate) == [71, 72, 75])
            let beats = try await HubStore(path: stack.database.string).readings.oldestBeats(
                ofUser: anna.userID, limit: .max)
            #expect(beats.map(\.start) == times.map { $0 / 1000 }, "with the configuration Cardiogram has them too")

            let again = try await stack.commands.run(
                ["replay", stack.file("history0"), "--as-now", "--speed", "100", "--quiet"] + hub)
            #expect(again.status == .exited(0), "\(again.error)")
            #expect(again.lines.count == 2, "a table: \(again.output)")
            let resent = try await readings(of: anna, stack).dropFirst(3)
            #expect(resent.map(\.heartRate) == [71, 72, 75])
            #expect(resent.allSatisfy { $0.measuredAtMilliseconds > (times.last ?? .max) })
        }
    }

    @Test func replay_ofAFileWithAMistake_sendsNothing() async throws {
        let runner = ProgramRunner.strapline(in: directory)
        let file = directory.file("history.csv")
        try Data("measured_at_ms,bpm\n1767225600000,70\n1767225601000,fast\n".utf8).write(to: URL(filePath: file))
        try await StubServer.run(answering: [StubAnswer(200)]) { server, requests in
            let target = try ["--address", server.url, "--token-file", token()]
            let ended = try await runner.run(["replay", file] + target)
            #expect(ended.status == .exited(65))
            #expect(ended.error.contains("\(file):3: bpm is not a whole number: fast"), "\(ended.error)")
            let missing = try await runner.run(["replay", file + ".not"] + target)
            #expect(missing.status == .exited(66), "\(missing.error)")
            #expect(requests.all.isEmpty)
        }
    }

    @Test func replay_ofReadingsThatAreRefused_saysWhy() async throws {
        let runner = ProgramRunner.strapline(in: directory)
        let file = directory.file("history.csv")
        try Data("measured_at_ms,bpm\n86400000,70\n1767225601000,71\n".utf8).write(to: URL(filePath: file))
        let answers: [StubAnswer] = [
            .json(400, #"{"error_message":"of a clock that stood in 1970"}"#), StubAnswer(200),
        ]
        try await StubServer.run(answering: answers) { server, _ in
            let arguments = try ["replay", file, "--address", server.url, "--token-file", token(), "--json"]
            let ended = try await runner.run(arguments)
            #expect(ended.status == .exited(65), "\(ended.error)")
            let total = try total(ended)
            #expect(total.accepted == 1 && total.refused == 1 && total.unsent == 0)
            #expect(ended.error.contains("of a clock that stood in 1970"), "\(ended.error)")
        }
    }

    // MARK: Parts

    private func token() throws -> String {
        try PrivateFile.write("8c4da3ce-7ed7-4a19-a1f1-058498661e45", to: FilePath(directory.file("token")))
    }

    private func total(_ ended: ProgramRunner.Ended) throws -> Total {
        try JSONDecoder().decode(Total.self, from: Data((ended.lines.last ?? "").utf8))
    }

    private func message(_ request: StubRequest) throws -> HeartRateMessage {
        try JSONDecoder().decode(HeartRateMessage.self, from: Data(request.body.utf8))
    }

    private func readings(of user: TestUser, _ stack: StackFixture) async throws -> [HeartRateMessage] {
        try await HubStore(path: stack.database.string).readings.oldest(ofUser: user.userID, limit: .max)
    }

    /// An outbox with three heart rates of the last minutes and a reading that is no heart rate; returns the times of
    /// the three.
    private func prepare(_ stack: StackFixture) async throws -> [Int64] {
        let names = stack.users.map(\.name)
        let outbox = try Outbox(
            path: stack.outbox.string, lanes: names.map { Lane(strap: $0, destination: "pulsoid") },
            logger: Logger(label: "test"))
        let start = Int64(Date().timeIntervalSince1970) * 1000 - 300_000
        for (index, strap) in [0, 0, 1, 0, 0].enumerated() {
            let rate = HeartRateMeasurement(
                beatsPerMinute: UInt16(71 + index), contact: index == 3 ? .notDetected : .detected)
            try await outbox.append(
                Reading(
                    strap: names[strap], measurement: rate, measuredAtMilliseconds: start + Int64(index) * 2_000,
                    bootMilliseconds: Int64(index) * 2_000))
        }
        try await outbox.close()
        return [0, 1, 4].map { start + $0 * 2_000 }
    }
}
