import BlueZ
import BlueZSimulator
import FoundationEssentials
import HubStore
import ProcessHarness
import PulsoidAPI
import Subprocess
import SystemPackage
import TestKit
import Testing
import UploaderStatus

@testable import strapline

/// The outputs of `strapline run`, some of them dead, beside its destinations.
@Suite(.timeLimit(.minutes(10)), .serialized) struct OutputTests {
    private static let body = #"["{strap}", "{state}", {heart_rate}]"#

    private func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the file holds a rate that the strap has sent.
    private func isLive(_ path: String, _ user: TestUser, _ stack: StackFixture) -> Bool {
        guard let rate = text(path).flatMap({ Int($0) }) else { return false }
        return stack.sent.rates(of: user.strapAddress).contains(rate)
    }

    /// Runs the uploader with these lines at the end of its configuration, while straps beat and the room is open.
    private func running(
        _ stack: StackFixture, _ lines: [String], port: Int,
        _ body: @escaping @Sendable (ProgramRunner.Running) async throws -> Void
    ) async throws {
        try append(lines, to: stack)
        try await stack.withRoom(port: port) {
            try await stack.withUploader { uploader in
                await stack.startBeating()
                await stack.untilRoomShows(5)
                try await body(uploader)
                await stack.stopBeating()
                try await stack.untilAllDelivered()
                await uploader.stop()
            }
        }
    }

    private func append(_ lines: [String], to stack: StackFixture) throws {
        let yaml = try String(contentsOfFile: stack.configuration, encoding: .utf8)
        try (yaml + lines.joined(separator: "\n") + "\n")
            .write(toFile: stack.configuration, atomically: true, encoding: .utf8)
    }

    private func expectAllDelivered(_ stack: StackFixture) async throws {
        let hub = try HubStore(path: stack.database.string)
        for user in stack.users {
            let readings = try await hub.readings.oldest(ofUser: user.userID, limit: .max)
            #expect(readings.map(\.heartRate) == stack.sent.rates(of: user.strapAddress), "\(stack.log)")
        }
    }

    @Test func outputs_showLiveStraps_andNothingAfterALossAndAtTheEnd() async throws {
        let stack = try await StackFixture()
        let anna = stack.users[0]
        let pattern = stack.file("hr-{strap}.txt")
        let (annas, bens) = (stack.file("hr-anna.txt"), stack.file("hr-ben.txt"))
        try await StubServer.run(answering: [StubAnswer(204)]) { server, requests in
            try await stack.withHub { _, port in
                let outputs = [
                    "outputs:", "  - { kind: file, path: \"\(pattern)\" }",
                    "  - { kind: webhook, strap: anna, address: \"\(server.url)/hr\", body: '\(Self.body)' }",
                ]
                try await running(stack, outputs, port: port) { _ in
                    try await poll { isLive(annas, anna, stack) && isLive(bens, stack.users[1], stack) }
                    await requests.until { $0.last?.body.hasPrefix(#"["anna", "live", "#) == true }
                    await stack.simulator.disappear(anna.strapAddress)
                    try await poll { text(annas) == "" }
                    await requests.until { $0.last?.body == #"["anna", "disconnected", null]"# }
                    try await poll { isLive(bens, stack.users[1], stack) }
                    await stack.simulator.appear(anna.strapAddress)
                    try await poll { isLive(annas, anna, stack) }
                    let status = try await stack.status { $0.outputs.allSatisfy { $0.state == "sending" } }
                    #expect(status.outputs.map(\.output) == ["file", "webhook"])
                    #expect(status.outputs.map(\.strap) == [nil, "anna"])
                }
                #expect(text(annas) == "" && text(bens) == "")
                #expect(requests.all.last?.body == #"["anna", "stopped", null]"#)
                #expect(!requests.all.contains { $0.body.contains("ben") })
            }
        }
        try await expectAllDelivered(stack)
    }

    @Test func deadOutputs_costALineInTheStatus_andNoReading() async throws {
        let stack = try await StackFixture()
        let dead = DeafPort()
        // Takes calls and never answers.
        try await StubServer.run { connection in
            try await connection.untilClosed()
        } during: { silent in
            try await stack.withHub { _, port in
                let outputs = [
                    "outputs:", "  - { kind: webhook, name: dead, address: \"http://127.0.0.1:\(dead.port)\" }",
                    "  - { kind: webhook, name: silent, address: \"\(silent.url)\" }",
                    "  - { kind: file, name: blocked, path: \"/proc/version/{strap}.txt\" }",
                ]
                try await running(stack, outputs, port: port) { uploader in
                    let status = try await stack.status { report in
                        report.outputs.allSatisfy(\.isFailing) && report.straps.allSatisfy { $0.state == .live }
                    }
                    #expect(status.outputs.map(\.output) == ["dead", "silent", "blocked"])
                    #expect(status.outputs[0].reason?.contains("refuses the connection") == true)
                    #expect(status.outputs[1].reason?.contains("did not answer in time") == true)
                    #expect(status.outputs[2].reason?.contains("cannot be written: Not a directory") == true)
                    let shown: ProgramRunner.Ended = try await pollForValue {
                        let ended = try await stack.commands.run(["status", "--config", stack.configuration])
                        // 69: the uploader was too busy to answer.
                        return ended.status == .exited(69) ? nil : ended
                    }
                    #expect(shown.output.contains("blocked: failing for "), "\(shown)")
                    let maps = try String(contentsOfFile: "/proc/\(uploader.processID)/maps", encoding: .utf8)
                    #expect(!maps.contains("mosquitto"))
                    // The lanes go on.
                    await stack.untilRoomShows(5)
                }
            }
        }
        try await expectAllDelivered(stack)
        let failures = stack.log.split(separator: "\n").count { $0.contains("the output fails") }
        #expect(failures == 3, "\(stack.log)")
    }

    @Test func reload_takesUpOutputs_andLetsThemGo() async throws {
        let stack = try await StackFixture()
        let anna = stack.users[0]
        let (first, second) = (stack.file("first.txt"), stack.file("second.txt"))
        try await stack.withHub { _, port in
            try await running(stack, [], port: port) { uploader in
                let yaml = try String(contentsOfFile: stack.configuration, encoding: .utf8)
                func reload(_ outputs: String, _ words: String) async throws {
                    try (yaml + outputs).write(toFile: stack.configuration, atomically: true, encoding: .utf8)
                    try uploader.send(.terminalClosed)
                    try await poll { stack.log.contains(words) }
                }
                let file = "outputs: [{ kind: file, strap: anna, path: "
                try await reload("\(file)\"\(first)\" }]\n", "output file added")
                try await poll { isLive(first, anna, stack) }
                try await reload("\(file)\"\(second)\" }]\n", "output file changed")
                try await poll { isLive(second, anna, stack) }
                #expect(text(first) == "")
                try await reload("\(file)\"\(second)\", txt: x }]\n", "unknown key `txt`")
                #expect(isLive(second, anna, stack))
                try await reload("", "output file removed")
                #expect(text(second) == "")
            }
        }
        try await expectAllDelivered(stack)
    }

    @Test func check_ofOutputs_explainsThem_andFindsEachMistake() async throws {
        let stack = try await StackFixture()
        try stack.configureUploader(service: "http://127.0.0.1:1")
        try append(
            [
                "outputs:", "  - kind: file", "  - kind: webhook", "    strap: carl", "    address: nowhere",
                "  - kind: pager", "  - kind: file", "    path: hr.txt",
            ], to: stack)
        let wrong = try await stack.commands.run(["check", "--config", stack.configuration])
        for words in [
            "no strap is named `carl`; there are `anna`, `ben`", "begins with neither https:// nor http://",
            "`pager` is not one of: file, ", "another output is named `file` already",
            "`path` must be a whole path",
        ] {
            #expect(wrong.error.contains(words), "\(wrong.error)")
        }
        try stack.configureUploader(service: "http://127.0.0.1:1")
        try append(["outputs:", "  - { kind: file, path: \"\(stack.file("{strap}.txt"))\" }"], to: stack)
        let right = try await stack.commands.output(of: ["check", "--config", stack.configuration])
        #expect(right.contains("output file: the text file \(stack.file("{strap}.txt")), of all straps"), "\(right)")
    }
}
