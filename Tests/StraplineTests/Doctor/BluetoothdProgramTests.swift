import TestKit
import Testing

@testable import strapline

@Suite(.timeLimit(.minutes(1))) struct BluetoothdProgramTests {
    private let tree = SystemTree()

    @Test(arguments: BluetoothdProgram.usualPaths)
    func find_atAUsualPlace_asksForItsVersion(path: String) async throws {
        try tree.write("#!/bin/sh\n[ \"$1\" = --version ] && echo 5.66\n", to: path, isProgram: true)
        #expect(await BluetoothdProgram.find(in: tree.files) == .installed(BlueZVersion(major: 5, minor: 66)))
    }

    @Test(arguments: ["exit 1", "echo weather"])
    func find_whenItTellsNoVersion_isSilent(script: String) async throws {
        try tree.write("#!/bin/sh\n\(script)\n", to: BluetoothdProgram.usualPaths[0], isProgram: true)
        #expect(await BluetoothdProgram.find(in: tree.files) == .silent)
    }

    @Test func find_whenItHangs_isGivenUp() async throws {
        try tree.write("#!/bin/sh\nexec sleep 1000\n", to: BluetoothdProgram.usualPaths[0], isProgram: true)
        let clock = ManualClock()
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
