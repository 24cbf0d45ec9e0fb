import FoundationEssentials
import Glibc
import TestKit
import Testing

/// What the program does for the secrets that it keeps, and with its options for metrics.
@Suite(.timeLimit(.minutes(10)))
struct HubSafetyTests {
    private let program = HubProgram()

    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    @Test func database_thatOthersMayRead_isPrivateAgainAtEachStart_andTheLogSaysSo() async throws {
        _ = try await program.run("user", "add", "Anna")
        for changed in [0o644, 0o660, 0o666] {
            chmod(program.database, mode_t(changed))
            let listed = try await program.run("user", "list")
            #expect(listed.exitCode == 0)
            #expect(listed.standardError.contains("(mode 0\(String(changed, radix: 8)))"))
            #expect(Self.mode(program.database) == 0o600)
        }
        // As after a crash, and a restore with `cp`.
        let files = ["", "-wal", "-shm"].map { program.database + $0 }
        _ = try await program.serve { _ in }
        for file in files { chmod(file, 0o644) }
        _ = try await program.serve { [files] _ in
            for file in files { #expect(Self.mode(file) == 0o600 || Self.mode(file) == nil, "\(file)") }
        }
        let log = try String(contentsOfFile: program.log, encoding: .utf8)
        #expect(log.contains("\(program.database) could be read or written by other users (mode 0644)"))
        #expect(log.contains("-wal could be read or written by other users"))
    }

    /// Viewers at one hub would not hear the readings of the other, and a move would miss new readings.
    @Test func file_thatAHubServes_isNeitherServedNorMovedByAnother() async throws {
        _ = try await program.run("user", "add", "Anna")
        _ = try await program.serve { [program] _ in
            let server = "postgres://hub@%2Fnowhere/strapline"
            for command in [["serve", "--port", "0"], ["move", "--to", server]] {
                let refused = try await program.run(command)
                #expect(refused.exitCode == 73)
                #expect(refused.standardError.contains("Another strapline-hub serves or moves \(program.database)."))
            }
            #expect(try await program.run("user", "list").exitCode == 0)
        }
        // The lock ends with the process, also with one that was killed.
        _ = try await program.serve { _ in }
    }

    /// As when a package is upgraded, and its hub starts beside a command.
    @Test func commandsThatOpenANewFileAtTheSameTime_allSucceed() async throws {
        let codes = try await withThrowingTaskGroup(of: Int32?.self) { [program] group in
            for name in 0..<8 { group.addTask { try await program.run("user", "add", "User \(name)").exitCode } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == Array(repeating: 0, count: 8))
    }

    /// The next opened file would get the number of the stream, and with it every printed line.
    @Test(arguments: [">&-", ">&- <&-"])
    func closedStandardStreams_staySo(closed: String) async throws {
        let ended = try await program.shell("strapline-hub init --json --database \"$1\" \(closed)")
        #expect(ended.exitCode == 74)
        #expect(ended.standardError.contains("Bad file descriptor"))
    }

    @Test func keyOfTLS_thatOthersMayReadOrWrite_isWarnedOf() async throws {
        let pair = try await TestCertificate()
        for (mode, isWarned) in [(0o600, false), (0o640, true), (0o604, true), (0o620, true)] {
            chmod(pair.keyFile, mode_t(mode))
            try? FileManager.default.removeItem(atPath: program.log)
            _ = try await program.serve("--certificate", pair.certificateFile, "--key", pair.keyFile) { _ in }
            let log = try String(contentsOfFile: program.log, encoding: .utf8)
            #expect(log.contains("can read or write the private key") == isWarned, "\(String(mode, radix: 8))")
        }
    }

    @Test func program_leavesNoCoreDump() async throws {
        _ = try await program.serve { serving in
            let limits = try String(contentsOfFile: "/proc/\(serving.processID)/limits", encoding: .utf8)
            let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
            #expect(core?.split(separator: " ").suffix(3) == ["0", "0", "bytes"])
            let filter = try String(contentsOfFile: "/proc/\(serving.processID)/coredump_filter", encoding: .utf8)
            #expect(filter.filter { !$0.isWhitespace && $0 != "0" }.isEmpty, "\(filter)")
        }
    }

    @Test func localMetrics_areThereWhereTheyAreAskedFor_andNotElsewhere() async throws {
        let logFile = program.log
        _ = try await program.serve("--metrics-port", "0") { _ in
            let port = try await pollForValue {
                let log = try String(contentsOfFile: logFile, encoding: .utf8)
                let lines = log.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                let line = lines.first { $0.contains("metrics can be read") } ?? ""
                return line.split(separator: "127.0.0.1:").last.flatMap { Int($0.prefix(while: \.isNumber)) }
            }
            let answer = try await RawConnection.open(port: port) { connection in
                try await connection.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try await connection.readAnswer()
            }
            #expect(answer.status == 200)
            #expect(answer.body.contains("strapline_hub_build_info"))
        }
        try FileManager.default.removeItem(atPath: program.log)
        _ = try await program.serve { _ in }
        #expect(try !String(contentsOfFile: program.log, encoding: .utf8).contains("metrics can be read"))
    }

    @Test(arguments: [
        ["--metrics-host", "127.0.0.1"], ["--metrics-port", "9465", "--metrics-host", "0.0.0.0"],
        ["--metrics-port", "9465", "--metrics-host", "192.168.1.2"],
        ["--metrics-port", "9465", "--metrics-host", "::"],
        ["--metrics-port", "9465", "--metrics-host", "box.example"], ["--metrics-port", "65536"],
        ["--public-address", "box.example"], ["--public-address", "https://box/a?b"],
    ])
    func options_thatWouldOpenMore_areRefused(options: [String]) async throws {
        #expect(try await program.run(["serve"] + options).exitCode == 64)
    }
}
