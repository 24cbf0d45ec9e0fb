import FoundationEssentials
import GRDB
import Logging
import Outbox
import ProcessHarness
import PulsoidAPI
import Subprocess
import SystemPackage
import TestKit
import Testing
import Timing
import UploaderStatus

@testable import strapline

/// `strapline verify` as a process beside a real uploader and a real hub.
@Suite(.timeLimit(.minutes(10)), .serialized) struct VerifyCommandTests {
    @Test(arguments: Durability.allCases)
    func verify_ofARoomBesideARunningUploader_seesAllOfBothStraps(durability: Durability) async throws {
        let stack = try await StackFixture(durability: durability)
        let names = stack.users.map(\.name)
        try await stack.withHub { _, _ in
            try await stack.withUploader { _ in
                await stack.startBeating()
                let ended = try await stack.commands.run(roomArguments(stack)) { verify in
                    await untilSeen(10, verify.lines, straps: names)
                }
                await stack.stopBeating()
                let summary = try summary(ended)
                #expect(ended.status == .exited(0), "\(ended.output)\n\(ended.error)")
                #expect(summary.conclusion == "all-seen")
                #expect(summary.history_asked == true, "a hub can be asked")
                let lanes = try #require(summary.lanes)
                #expect(lanes.map(\.strap) == names)
                for lane in lanes {
                    #expect(lane.sent >= 10 && lane.seen == lane.sent && lane.missing == 0 && lane.unprovable == 0)
                    #expect(lane.latency_p50_ms ?? -1 >= 0)
                }
            }
        }
    }

    @Test func verify_ofARoomByItsName_followsIt() async throws {
        let stack = try await StackFixture()
        let naming = ["room", "configure", stack.accounts.roomID, #"{"name": "Gym"}"#]
        _ = try await stack.hub.output(of: naming + ["--database", stack.database.string])
        try await stack.withHub { _, _ in
            try await stack.withUploader { _ in
                await stack.startBeating()
                let ended = try await stack.commands.run(["verify", "gym"] + roomArguments(stack).dropFirst(2)) {
                    await untilSeen(1, $0.lines, straps: stack.users.map(\.name))
                }
                await stack.stopBeating()
                #expect(ended.status == .exited(0), "\(ended.output)\n\(ended.error)")
            }
            let arguments = ["verify", "Gmy"] + roomArguments(stack).dropFirst(2)
            let unknown = try await stack.commands.run(Array(arguments))
            #expect(unknown.status == .exited(64) && unknown.error.contains("Did you mean `Gym`?"), "\(unknown)")
        }
    }

    @Test func verify_ofOneUser_leavesTheOtherOut_andCountsWhatOthersSend() async throws {
        let stack = try await StackFixture()
        let anna = stack.users[0].name
        let token = try await stack.token(of: anna, scope: "data:heart_rate:read,data:heart_rate:write")
        try await stack.withHub { _, port in
            try await stack.withUploader { _ in
                await stack.startBeating()
                let ended = try await stack.commands.run([
                    "verify", "--config", stack.configuration, "--token-file", token, "--json",
                ]) { verify in
                    await untilSeen(3, verify.lines, straps: [anna])
                    // The hub would keep only one of two readings of one millisecond.
                    await stack.stopBeating()
                    let simulated = try await stack.commands.run([
                        "simulate", "--address", "http://127.0.0.1:\(port)", "--token-file", token, "--readings", "5",
                        "--rate", "20",
                    ])
                    #expect(simulated.status == .exited(0), "\(simulated.error)")
                    // The stream shows these after the simulated ones; those before the stop may still come.
                    let restart = KernelTime().now().wallMilliseconds
                    await stack.startBeating()
                    await untilSeen(3, verify.lines, straps: [anna], measuredFrom: restart)
                }
                let summary = try summary(ended)
                #expect(ended.status == .exited(0), "\(ended.output)\n\(ended.error)")
                #expect(summary.lanes?.map(\.strap) == [anna])
                #expect(summary.lanes?.first?.extra == 5)

                let polled = try await stack.commands.run([
                    "verify", "--config", stack.configuration, "--token-file", token, "--json", "--poll", "1s",
                ]) { verify in
                    await untilSeen(2, verify.lines, straps: [anna])
                }
                await stack.stopBeating()
                let lane = try #require(try self.summary(polled).lanes?.first)
                #expect(polled.status == .exited(0), "\(polled.output)\n\(polled.error)")
                #expect(lane.seen >= 2 && lane.kept > 0, "ten a second are more than a poll can see")
            }
        }
    }

    @Test func verify_acrossARestartOfTheHub_findsWhatTheHubLost_andNothingElse() async throws {
        let stack = try await StackFixture()
        let names = stack.users.map(\.name)
        let port = DeafPort.portForAnotherProgram()
        try stack.configureUploader(service: "http://127.0.0.1:\(port)")
        let lost = Recorder<VerifyLine>()
        try await stack.withUploader { _ in
            await stack.startBeating()
            // With this long grace, verify does not query the hub's history before the end.
            let ended = try await stack.commands.run(roomArguments(stack) + ["--grace", "60s"]) { verify in
                try await stack.withHub(port: port, mayCrash: true) { hub, _ in
                    await untilSeen(5, verify.lines, straps: names)
                    try hub.kill()
                }
                let victim = try #require(verify.lines.all.compactMap(VerifyLine.init).last { $0.event == "seen" })
                lost.append(victim)
                try await lose(victim, in: stack)
                try await stack.withHub(port: port) { _, _ in
                    await untilSeen(5, verify.lines, straps: names)
                    await stack.stopBeating()
                    try await stack.untilAllDelivered()
                    // The hub can still answer.
                    try await verify.interrupt()
                }
            }
            let summary = try summary(ended)
            #expect(ended.status == .exited(3), "\(ended.output)\n\(ended.error)")
            let missing = ended.lines.compactMap(VerifyLine.init).filter { $0.event == "missing" }
            #expect(missing.map(\.measured_at_ms) == lost.all.map(\.measured_at_ms))
            #expect(missing.map(\.reason) == ["not-kept"])
            #expect(summary.lanes?.reduce(0) { $0 + $1.unprovable } == 0, "the hub could be asked for the rest")
        }
    }

    @Test func verify_ofAServiceThatDoesNotShowOne_missesIt_whileItRuns() async throws {
        let stack = try await StackFixture()
        let anna = stack.users[0]
        let service = ForgetfulService(token: try String(contentsOfFile: anna.tokenFile, encoding: .utf8))
        try await StubServer.run(service.serve) { server in
            try stack.configureUploader(service: server.url)
            try await stack.withUploader { _ in
                await stack.startBeating()
                let ended = try await stack.commands.run([
                    "verify", "--config", stack.configuration, "--strap", anna.name, "--grace", "10s", "--json",
                ]) { verify in
                    await verify.lines.until { $0.compactMap(VerifyLine.init).contains { $0.event == "missing" } }
                    await stack.stopBeating()
                    try await stack.untilAllDelivered(to: ["pulsoid"])
                    await untilSettled(verify.lines, service)
                }
                #expect(ended.status == .exited(3), "\(ended.output)\n\(ended.error)")
                let missing = ended.lines.compactMap(VerifyLine.init).filter { $0.event == "missing" }
                #expect(missing.map(\.measured_at_ms) == service.withheld.all.map(\.measuredAtMilliseconds))
                #expect(missing.map(\.reason) == ["not-shown"])
                #expect(try summary(ended).history_asked == false, "it is no hub")
            }
        }
    }

    @Test func verify_whenNothingIsSent_saysSo_andIsNoSuccess() async throws {
        let stack = try await StackFixture()
        let anna = stack.users[0]
        let token = try await stack.token(of: anna.name, scope: "data:heart_rate:read")
        @Sendable func verify(_ more: String...) async throws -> ProgramRunner.Ended {
            try await stack.commands.run(["verify", "--config", stack.configuration, "--for", "5s"] + more)
        }
        try await stack.withHub { _, _ in
            let early = try await verify("--token-file", token)
            #expect(early.status == .exited(66), "there is no outbox yet: \(early.error)")
            let lanes = stack.users.map { Lane(strap: $0.name, destination: "pulsoid") }
            try await Outbox(path: stack.outbox.string, lanes: lanes, logger: Logger(label: "test")).close()
            let idle = try await verify("--token-file", token)
            #expect(idle.status == .exited(69), "\(idle.error)")
            #expect(idle.output.contains("Nothing was acknowledged"))
            #expect(idle.error.contains("no uploader runs"))
            let blind = try await verify("--strap", anna.name)
            #expect(blind.status == .exited(77), "\(blind.error)")
            #expect(blind.error.contains("data:heart_rate:read"), "\(blind.error)")
            // The uploader's token is right as it is: another must not take its place.
            #expect(blind.error.contains("it stays as it is") && blind.error.contains("--token-file"), "\(blind.error)")
        }
        let deaf = DeafPort()
        defer { withExtendedLifetime(deaf) {} }
        try stack.configureUploader(service: "http://127.0.0.1:\(deaf.port)")
        let alone = try await verify()
        #expect(alone.status == .exited(69), "\(alone.error)")
        #expect(alone.output.contains("never opened"))
    }

    @Test func verify_whenTheDestinationIsPaused_saysWhy() async throws {
        let stack = try await StackFixture()
        let anna = stack.users[0]
        let token = try await stack.token(of: anna.name, scope: "data:heart_rate:read")
        try await stack.withHub { _, _ in
            try PrivateFile.write("not-a-token-of-the-hub", to: FilePath(anna.tokenFile))
            try await stack.withUploader { _ in
                await stack.startBeating()
                _ = try await stack.status { report in
                    report.destinations.contains {
                        $0.strap == anna.name && $0.destination == "pulsoid" && $0.state == "paused"
                    }
                }
                let ended = try await stack.commands.run([
                    "verify", "--config", stack.configuration, "--strap", anna.name, "--token-file", token, "--for",
                    "5s",
                ])
                await stack.stopBeating()
                #expect(ended.status == .exited(75), "\(ended.output)\n\(ended.error)")
                #expect(ended.error.contains("\(anna.name) -> pulsoid is paused"), "\(ended.error)")
            }
        }
    }

    // MARK: Parts

    private func roomArguments(_ stack: StackFixture) -> [String] {
        [
            "verify", stack.accounts.roomID, "--config", stack.configuration, "--token-file",
            stack.accounts.roomTokenFile,
            "--json",
        ]
    }

    /// Returns when `count` more readings of each strap were seen, all measured at this time or later.
    private func untilSeen(
        _ count: Int, _ lines: Recorder<String>, straps: [String], measuredFrom start: Int64 = .min
    ) async {
        let before = lines.all.count
        await lines.until { texts in
            let seen = texts.dropFirst(before).compactMap(VerifyLine.init).filter {
                $0.event == "seen" && $0.measured_at_ms ?? .min >= start
            }
            return straps.allSatisfy { strap in seen.count { $0.strap == strap } >= count }
        }
    }

    /// Returns when the last reading that the service has accepted was seen.
    private func untilSettled(_ lines: Recorder<String>, _ service: ForgetfulService) async {
        await lines.until { texts in
            let seen = Set(texts.compactMap(VerifyLine.init).filter { $0.event == "seen" }.map(\.measured_at_ms))
            return service.accepted.all.last.map { seen.contains($0.measuredAtMilliseconds) } ?? false
        }
    }

    private func summary(_ ended: ProgramRunner.Ended) throws -> VerifyLine {
        try #require(ended.lines.last.flatMap(VerifyLine.init), "\(ended.output)\n\(ended.error)")
    }

    /// Loses a reading, like a faulty hub.
    private func lose(_ victim: VerifyLine, in stack: StackFixture) async throws {
        try await DatabaseQueue(path: stack.database.string).write { db in
            // The other user may have had the same rate in the same millisecond.
            try db.execute(
                sql: """
                    DELETE FROM reading WHERE (user_id, measured_at_ms) IN
                        (SELECT user_id, measured_at_ms FROM reading
                         WHERE measured_at_ms = ? AND heart_rate = ? LIMIT 1)
                    """,
                arguments: [victim.measured_at_ms, victim.bpm])
            #expect(db.changesCount == 1)
        }
    }
}
