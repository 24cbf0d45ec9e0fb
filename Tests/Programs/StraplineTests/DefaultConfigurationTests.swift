import FoundationEssentials
import Glibc
import Subprocess
import TestKit
import Testing

/// The programs find the file that `strapline setup` writes.
@Suite(.timeLimit(.minutes(10))) struct DefaultConfigurationTests {
    private let home = TemporaryDirectory()
    private var own: String { home.file(".config/strapline/strapline.yaml") }

    init() throws {
        try FileManager.default.createDirectory(
            atPath: home.file(".config/strapline"), withIntermediateDirectories: true)
        try write(to: own, strap: "anna")
    }

    private func write(to path: String, strap: String) throws {
        let token = home.file("token")
        try Data("sesame-token".utf8).write(to: URL(filePath: token))
        chmod(token, 0o600)
        let yaml = """
            straps:
              - name: \(strap)
                destinations:
                  - service: pulsoid
                    token_file: \(token)
            outbox:
              path: \(home.file("outbox.sqlite"))
            """
        try Data(yaml.utf8).write(to: URL(filePath: path))
        chmod(path, 0o600)
    }

    @Test func command_withoutAFile_takesTheOneOfSetup_andSaysWhich() async throws {
        let ended = try await StraplineProgram.run(["check"], ["HOME=\(home.path)"])
        #expect(ended.status == .exited(0), "\(ended)")
        #expect(ended.error.contains("strapline: using \(own)"), "\(ended)")
        #expect(ended.output.contains("strap anna"), "\(ended)")
    }

    @Test func mistakes_areAllPrinted_withTheirLines() async throws {
        try Data("strap: 1\nlogs:\n  level: info\n".utf8).write(to: URL(filePath: own))
        let ended = try await StraplineProgram.run(["check", own])
        #expect(ended.status == .exited(78))
        #expect(ended.error.contains("\(own):1: unknown key `strap`"), "\(ended)")
        #expect(ended.error.contains("\(own):2: unknown key `logs`"), "\(ended)")
    }

    @Test func fileOfTheEnvironment_andFileWithoutOption_areTaken() async throws {
        let other = home.file("other.yaml")
        try write(to: other, strap: "ben")
        let named = try await StraplineProgram.run(["check"], ["HOME=\(home.path)", "STRAPLINE_CONFIG=\(other)"])
        #expect(named.output.contains("strap ben") && named.error.contains("using \(other) (STRAPLINE_CONFIG)"))
        let bare = try await StraplineProgram.run(["check", other], ["HOME=\(home.path)"])
        #expect(bare.output.contains("strap ben") && !bare.error.contains("using"), "\(bare)")
    }

    @Test(arguments: ["export", "outbox list", "outbox export", "session list", "session uploads"])
    func commandAboutTheOutbox_takesTheFileWithoutOption(command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        let bare = try await StraplineProgram.run(words + [own], ["HOME=/nowhere"])
        #expect(bare.error.contains(home.file("outbox.sqlite")), "\(bare)")
        let both = try await StraplineProgram.run(words + [own, "--config", own])
        #expect(both.status == .exited(64) && both.error.contains("Name one file"), "\(both)")
        let other = try await StraplineProgram.run(words + ["out.csv"])
        #expect(other.status == .exited(64) && other.error.contains("goes behind --output"), "\(other)")
    }

    @Test(arguments: [["status"], ["doctor", "--json"], ["outbox", "list"], ["login", "pulsoid", "--token-stdin"]])
    func eachCommand_saysWhichFileItTook(arguments: [String]) async throws {
        let ended = try await StraplineProgram.run(arguments, ["HOME=\(home.path)"])
        #expect(ended.error.contains("strapline: using \(own)"), "\(ended)")
    }

    @Test(arguments: [["check"], ["run"], ["verify"], ["energy", "reset"]])
    func command_whereNoFileIs_saysWhereItLooked_andHowToMakeOne(arguments: [String]) async throws {
        let empty = TemporaryDirectory()
        let ended = try await StraplineProgram.run(arguments, ["HOME=\(empty.path)"])
        #expect(ended.status == .exited(78), "\(ended)")
        #expect(ended.error.contains(empty.file(".config/strapline/strapline.yaml")), "\(ended)")
        #expect(ended.error.contains("strapline setup"), "\(ended)")
    }

    @Test func misspeltCommand_endsAsAMistakeOfUse_withinEightyColumns() async throws {
        let ended = try await StraplineProgram.run(["staus"], ["COLUMNS=80"])
        #expect(ended.status == .exited(64))
        #expect(ended.error.contains("Did you mean `strapline status`?"), "\(ended)")
        #expect(ended.error.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(ended)")
    }
}

/// The program, which is beside the one that runs the tests.
enum StraplineProgram {
    /// `env` becomes the program, and spares a dependency for the type of a path.
    static func run(
        _ arguments: [String], _ variables: [String] = [], input: String = ""
    ) async throws -> (output: String, error: String, status: TerminationStatus) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let this = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let program = this.prefix(through: this.lastIndex(of: "/") ?? this.startIndex) + "strapline"
        let result = try await Subprocess.run(
            .name("env"), arguments: .init(variables + [String(program)] + arguments),
            input: .string(input), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (result.standardOutput, result.standardError, result.terminationStatus)
    }
}
