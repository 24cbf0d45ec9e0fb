import AsyncHTTPClient
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// `strapline-hub init`, as its users run it.
@Suite(.timeLimit(.minutes(10)))
struct InitCommandTests {
    private let program = HubProgram()
    private static let address = "http://192.0.2.7:8080"

    private static func validation(_ baseURL: String, token: String) async throws -> Int {
        var request = HTTPClientRequest(url: baseURL + PulsoidPath.validateToken)
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        return Int(try await HTTPClient.shared.execute(request, timeout: .minutes(1)).status.code)
    }

    @Test func newHub_isSetUpOnce_andItsTokensAreShown() async throws {
        let made = try await program.run("init", "--user", "Anna", "--address", Self.address)
        #expect(made.exitCode == 0)
        for line in [
            "Made user Anna (number 1)", "pulsoid: { address: \"\(Self.address)\" }", "user_id: \"1\"",
            "\(Self.address)/#access_token=", "\(Self.address)/overlay/",
            "strapline-hub serve --host 0.0.0.0 --port 8080 --database \(program.database)",
            "strapline-admin-",
        ] { #expect(made.standardOutput.contains(line), "\(line)") }
        // A QR code is for a terminal.
        #expect(!made.standardOutput.contains("\u{1B}"))
        let again = try await program.run("init", "--user", "Ben", "--address", Self.address)
        #expect(again.exitCode == 64)
        #expect(again.standardError.contains("it has the user Anna"))
        #expect(try await program.run("init", "--user", "Ben", "--again").exitCode == 0)
        #expect(try await program.run("init", "--user", "Ben", "--again").exitCode == 64)
        #expect(try await program.run("user", "list").standardOutput.split(separator: "\n").count == 2)
        #expect(try await program.run("init", "--address", "nonsense").exitCode == 64)
    }

    @Test func tokens_whereAFolderIsNamed_areInFilesForThisUserAlone_andGood() async throws {
        let folder = program.directory.file("tokens")
        let made = try await program.run("init", "--user", "Anna", "--address", Self.address, "--tokens", folder)
        #expect(made.exitCode == 0)
        var tokens: [String: String] = [:]
        for name in ["uploader", "reader", "overlay", "admin"] {
            var status = stat()
            #expect(stat("\(folder)/\(name).token", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            let text = try String(contentsOfFile: "\(folder)/\(name).token", encoding: .utf8)
            #expect(text.hasSuffix("\n"))
            tokens[name] = String(text.dropLast())
            #expect(!made.standardOutput.contains(tokens[name] ?? ""))
            #expect(made.standardOutput.contains("\(folder)/\(name).token"))
        }
        let found = tokens
        _ = try await program.serve { serving in
            for name in ["uploader", "reader", "overlay"] {
                #expect(try await Self.validation(serving.baseURL, token: found[name] ?? "") == 200)
            }
            #expect(try await Self.validation(serving.baseURL, token: found["admin"] ?? "") == 401)
            var request = HTTPClientRequest(url: serving.baseURL + "/api/hub/v1/admin/rooms")
            request.headers.add(name: "Authorization", value: "Bearer \(found["admin"] ?? "")")
            let rooms = try await HTTPClient.shared.execute(request, timeout: .minutes(1))
            #expect(rooms.status == .ok)
            let text = String(buffer: try await rooms.body.collect(upTo: 1 << 16))
            #expect(text.contains(#""name":"Home""#))
        }
        // Nothing in the place of these files, and then nothing in the database either.
        let again = try await program.run("init", "--user", "Ben", "--again", "--tokens", folder)
        #expect(again.exitCode == 73)
        #expect(again.standardError.contains("uploader.token already"))
        #expect(try await program.run("user", "list").standardOutput.split(separator: "\n").count == 1)
    }

    @Test func address_belowAPath_isInEveryLink() async throws {
        let made = try await program.run("init", "--user", "Anna", "--address", "http://box/heart/")
        #expect(made.exitCode == 0)
        for line in [
            "pulsoid: { address: \"http://box/heart\" }", "http://box/heart/#access_token=",
            "http://box/heart/overlay/", "#access_token=", "--address http://box/heart ",
        ] { #expect(made.standardOutput.contains(line), "\(line)") }
        #expect(!made.standardOutput.contains("?access_token="))
        #expect(made.standardOutput.contains("http://box/heart is not encrypted"))
        for address in ["https://box/heart", "http://localhost:8080", "http://[::1]:8080/a", "http://127.0.0.1"] {
            let quiet = try await program.run(
                "init", "--user", address.filter(\.isLetter), "--again", "--address", address)
            #expect(quiet.exitCode == 0)
            #expect(!quiet.standardOutput.contains("is not encrypted"), "\(address)")
        }
        for address in ["http://box/a?b", "http://box/a#b", "http://box//a", "http://box/../a", "http:///a", "box/a"] {
            #expect(try await program.run("init", "--again", "--address", address).exitCode == 64, "\(address)")
        }
    }

    @Test func json_isForScripts() async throws {
        #expect(try await program.value("uploader_token", "init", "--user", "Anna").count == 52)
        let folder = program.directory.file("tokens")
        let file = try await program.value("reader_token_file", "init", "--user", "Ben", "--again", "--tokens", folder)
        #expect(file == folder + "/reader.token")
    }

    @Test func administration_onTheCommandLine_listsAndRemoves() async throws {
        _ = try await program.run("init", "--user", "Anna")
        let tokens = try await program.run("token", "list", "--user", "Anna")
        let lines = tokens.standardOutput.split(separator: "\n")
        #expect(lines.count == 3)
        let id = String(lines.first?.prefix(16) ?? "")
        #expect(try await program.run("token", "remove", id).exitCode == 0)
        #expect(try await program.run("token", "remove", id).exitCode == 64)
        #expect(try await program.run("token", "list").standardOutput.split(separator: "\n").count == 2)
        let rooms = try await program.run("room", "list")
        #expect(rooms.standardOutput.hasSuffix("  Anna\n"))
        #expect(rooms.standardOutput.contains("  Home  "))
        let room = String(rooms.standardOutput.prefix(24))
        #expect(try await program.run("room", "configure", room, #"{"name":"Gym"}"#).exitCode == 0)
        #expect(try await program.run("room", "configure", room, "[]").exitCode == 64)
        #expect(try await program.run("room", "delete", room, "--yes").exitCode == 0)
        #expect(try await program.run("room", "list").standardOutput == "\n")
        #expect(try await program.run("user", "remove", "Anna", "--yes").exitCode == 0)
        #expect(try await program.run("user", "remove", "Anna", "--yes").exitCode == 64)
    }
}
