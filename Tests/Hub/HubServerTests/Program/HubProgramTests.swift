import AsyncHTTPClient
import FoundationEssentials
import GRDB
import HubAPI
import NIOCore
import NIOHTTP1
import PulsoidAPI
import Subprocess
import TestKit
import Testing

/// The real program, run and killed as its users do.
@Suite(.timeLimit(.minutes(10)))
struct HubProgramTests {
    private let program = HubProgram()

    private func issueToken(_ user: String) async throws -> String {
        _ = try await program.run("user", "add", user)
        return try await program.value(
            "access_token", "token", "issue", "--user", user, "--scope", HubScope.all.joined(separator: ","))
    }

    @Test func curlsOfThePublishedPages_work() async throws {
        let token = try await issueToken("Anna")
        _ = try await program.serve { serving in
            // The commands of the pages "Write Heart Rate via HTTP", "Read Latest Heart Rate via HTTP" and "Posting
            // Beats" with the address and the token put in.
            let commands = [
                #"""
                curl -X POST https://dev.pulsoid.net/api/v1/data \
                  -H "Authorization: Bearer TOKEN" \
                  -H "Content-Type: application/json" \
                  -d '{"measured_at": 1709312400000, "data": {"heart_rate": 75}}'
                """#,
                #"""
                curl --request GET \
                  --url https://dev.pulsoid.net/api/v1/data/heart_rate/latest \
                  --header 'Authorization: Bearer TOKEN' \
                  --header 'Content-Type: application/json'
                """#,
                #"""
                curl --request GET \
                  --url 'https://dev.pulsoid.net/api/v1/data/heart_rate/latest\#
                ?response_mode=text_plain_only_heart_rate' \
                  --header 'Authorization: Bearer TOKEN'
                """#,
                #"""
                curl --location --request POST "https://cardiogr.am/heart/oauth/users/1/beats" \
                  --header "Content-Type: application/json" --header "Authentication: Bearer TOKEN" \
                  --data "{ \"beats\": [{ \"start\": 1546025628, \"end\": 1546025628, \"value\": 60 }, \#
                { \"start\": 1546025701, \"end\": 1546025701, \"value\": 62 }] }"
                """#,
            ]
            let answers = [
                "", #"{"measured_at":1709312400000,"data":{"heart_rate":75}}"#, "75", #"{"success":true}"#,
            ]
            for (command, answer) in zip(commands, answers) {
                let local = command.replacing("https://dev.pulsoid.net", with: serving.baseURL)
                    .replacing("https://cardiogr.am", with: serving.baseURL).replacing("TOKEN", with: token)
                    .replacing("curl ", with: "curl --silent --show-error --fail ")
                let result = try await Subprocess.run(
                    .name("sh"), arguments: ["-c", local], output: .string(limit: 4096), error: .string(limit: 4096))
                #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
                #expect(result.standardOutput == answer)
            }
        }
    }

    @Test func administration_takesEffectInARunningHub() async throws {
        _ = try await program.run("user", "add", "Anna")
        _ = try await program.serve { serving in
            let token = try await issueToken("Ben")
            let roomID = try await program.value("room_id", "room", "create", "--config", #"{"name": "gym"}"#)
            let path = PulsoidPath.roomRealTime(roomID: roomID) + "?kinds=room_member_updated&access_token=\(token)"
            try await RawConnection.open(port: serving.port) { socket in
                let answer = try await socket.upgrade(path)
                #expect(answer.status == 403)
            }
            _ = try await program.run("room", "add", roomID, "Ben")
            try await RawConnection.open(port: serving.port) { socket in
                #expect(try await socket.upgrade(path).status == 101)
                _ = try await program.run("room", "add", roomID, "Anna", "--config", #"{"color": "blue"}"#)
                #expect(try await socket.readFrame().text.contains(#""config":{"color":"blue"}"#))
                _ = try await program.run("room", "remove", roomID, "2")
                #expect(try await socket.readFrame().closeCode == 1008)
            }
        }
    }

    @Test(arguments: [Signal.terminate, .interrupt]) func stopSignal_endsTheHubCleanly(signal: Signal) async throws {
        let (_, status) = try await program.serve(ending: signal) { _ in }
        #expect(status == .exited(0))
    }

    @Test func addressInUse_isToldWithTheNextStep() async throws {
        _ = try await program.serve { serving in
            let second = try await program.run("serve", "--port", String(serving.port))
            #expect(second.exitCode == 69)
            #expect(second.standardOutput == "")
            #expect(second.standardError.contains("--port"))
        }
    }

    @Test(arguments: [
        ["--host", "300.1.1.1"], ["--host", "localhost:8080"], ["--host", "192.0.2.1"], ["--port", "http"],
        ["--metrics-port", "x"],
    ])
    func address_thatCannotBe_isAnErrorOfUse_withTheNextStep(options: [String]) async throws {
        let refused = try await program.run(["serve"] + options)
        #expect(refused.exitCode == 64, "\(refused)")
        #expect(!refused.standardError.contains("SocketAddressError"))
        #expect(refused.standardError.contains("--host 0.0.0.0") || refused.standardError.contains("0 to 65535"))
    }

    @Test func wrongUse_isTold() async throws {
        #expect(try await program.run("serve", "--port", "99999").exitCode == 64)
        #expect(try await program.run("user", "add", "").exitCode == 64)
        #expect(try await program.run("user", "add", "Anna").exitCode == 0)
        let twice = try await program.run("user", "add", "Anna")
        #expect(twice.exitCode == 64)
        #expect(twice.standardError.contains("already"))
        #expect(try await program.run("token", "issue", "--user", "Anna", "--scope", "everything").exitCode == 64)
        #expect(try await program.run("token", "issue", "--user", "Anna", "--scope", "").exitCode == 64)
        #expect(
            try await program.run("token", "issue", "--user", "1", "--scope", "profile:read", "--expires-in", "soon")
                .exitCode == 64)
        #expect(try await program.run("room", "add", "nowhere", "Anna").exitCode == 64)
        #expect(try await program.run("room", "create", "--config", "[]").exitCode == 64)
    }

    @Test func databaseThatCannotBeOpened_isTold() async throws {
        try Data("not a database, but quite long enough to look like one".utf8).write(
            to: URL(filePath: program.database))
        let answer = try await program.run("user", "add", "Anna")
        #expect(answer.exitCode == 73)
        #expect(answer.standardError.contains(program.database))
    }
}
