import TestKit
import Testing

@testable import Doctor

@Suite(.timeLimit(.minutes(10))) struct BluetoothdProgramTests {
    private let tree = SystemTree()
    /// Stands still: however slow the machine is, no time is over unless a test says so.
    private let clock = ManualClock()

    @Test(arguments: BluetoothdProgram.usualPaths)
    func find_atAUsualPlace_asksForItsVersion(path: String) async throws {
        try await tree.install(script: "[ \"$1\" = --version ] && echo 5.66", at: path)
        #expect(
            await BluetoothdProgram.find(in: tree.files, clock: clock) == .installed(BlueZVersion(major: 5, minor: 66)))
    }

    @Test(arguments: ["exit 1", "echo weather"])
    func find_whenItTellsNoVersion_isSilent(script: String) async throws {
        try await tree.install(script: script, at: BluetoothdProgram.usualPaths[0])
        #expect(await BluetoothdProgram.find(in: tree.files, clock: clock) == .silent)
    }

    @Test func find_whenItHangs_isGivenUp() async throws {
        try await tree.install(script: "exec sleep 1000", at: BluetoothdProgram.usualPaths[0])
        async let program = BluetoothdProgram.find(in: tree.files, clock: clock)
        await clock.waitOut(BluetoothdProgram.answerLimit)
        #expect(await program == .silent)
    }

    @Test func find_whenThereIsNone_saysSo() async {
        #expect(await BluetoothdProgram.find(in: tree.files) == .notFound)
    }

    @Test func version_isOrderedByItsNumbers() throws {
        #expect(try #require(BlueZVersion("5.9")) < BlueZVersion(major: 5, minor: 50))
        #expect(try #require(BlueZVersion("5.66")) > BlueZVersion(major: 5, minor: 50))
        #expect(BlueZVersion("5") == nil)
        #expect(BlueZVersion("five.six") == nil)
    }
}
