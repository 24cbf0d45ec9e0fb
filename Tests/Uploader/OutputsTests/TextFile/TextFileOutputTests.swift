import BlueZ
import Destinations
import Files
import FoundationEssentials
import Glibc
import TestKit
import Testing

@testable import Outputs

@Suite(.timeLimit(.minutes(10))) struct TextFileOutputTests {
    private let folder = TemporaryDirectory()
    private let fixture = OutputFixture()
    private let kind = TextFileKind()

    private var path: String { folder.file("heart-rate.txt") }

    private func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func inode(_ path: String) -> UInt64? {
        var file = stat()
        return stat(path, &file) == 0 ? UInt64(file.st_ino) : nil
    }

    /// Returns when the output has sent this many updates.
    private func untilSent(_ count: Int, _ feed: OutputFeed) async throws {
        try await until { feed.status.sent >= count }
    }

    @Test func file_hasTheDigitsOfALiveStrap_andIsEmptyOtherwise() async throws {
        try await fixture.running(kind, ["path": .text(path)], clock: ManualClock()) { feed in
            try await untilSent(1, feed)
            #expect(text(path) == "")
            fixture.goLive(72)
            try await until { text(path) == "72" }
            fixture.state(.disconnected)
            try await until { text(path) == "" }
            fixture.goLive(101)
            try await until { text(path) == "101" }
        }
        #expect(text(path) == "", "the program has ended")
    }

    @Test func file_withTextsOfItsOwn_hasThem_andNeverZero() async throws {
        let options: [String: OptionValues.Value] = [
            "path": .text(path), "text": .text("♥ {bpm} ({strap})"), "text_without_value": .text("--"),
        ]
        try await fixture.running(kind, options, clock: ManualClock()) { feed in
            try await untilSent(1, feed)
            #expect(text(path) == "--")
            fixture.goLive(72)
            try await until { text(path) == "♥ 72 (anna)" }
            fixture.measure(0)
            try await until { text(path) == "--" }
        }
        #expect(text(path) == "--")
    }

    @Test func file_withAnUnchangedText_isNotWritten() async throws {
        try await fixture.running(kind, ["path": .text(path)], clock: ManualClock()) { feed in
            fixture.goLive(72)
            try await until { text(path) == "72" && feed.status.state == .sending }
            let (first, sent) = (inode(path), feed.status.sent)
            fixture.measure(72)
            try await untilSent(sent + 1, feed)
            #expect(inode(path) == first)
        }
    }

    @Test func files_ofSeveralStraps_haveTheirNames() async throws {
        let fixture = OutputFixture(["anna", "../b%"])
        let pattern = folder.file("hr-{strap}.txt")
        try await fixture.running(kind, ["path": .text(pattern)], clock: ManualClock()) { _ in
            fixture.goLive(72)
            fixture.goLive(73, of: "../b%")
            try await until { text(folder.file("hr-anna.txt")) == "72" }
            try await until { text(folder.file("hr-%2E.%2Fb%25.txt")) == "73" }
            fixture.live.follow(["anna"], newDevices: [])
            try await until { text(folder.file("hr-%2E.%2Fb%25.txt")) == "" }
        }
    }

    /// A folder stands where the file of anna would be.
    private func runningWithoutAnnasFile(
        _ clock: ManualClock, _ body: @Sendable (OutputFixture, OutputFeed) async throws -> Void
    ) async throws {
        let fixture = OutputFixture(["anna", "ben"])
        try FileManager.default.createDirectory(
            atPath: folder.file("anna/hr.txt"), withIntermediateDirectories: true)
        try await fixture.running(kind, ["path": .text(folder.file("{strap}/hr.txt"))], clock: clock) { feed in
            try await until { text(folder.file("ben/hr.txt")) == "" }
            try await body(fixture, feed)
        }
    }

    @Test func file_thatCannotBeWritten_holdsUpNoOther() async throws {
        try await runningWithoutAnnasFile(ManualClock()) { fixture, feed in
            fixture.goLive(72)
            fixture.goLive(73, of: "ben")
            try await until { text(folder.file("ben/hr.txt")) == "73" }
            fixture.state(.disconnected, of: "ben")
            try await until { text(folder.file("ben/hr.txt")) == "" }
            try await until { feed.status.state == .failing }
            let reason = try #require(feed.status.reason)
            #expect(reason.contains("anna/hr.txt cannot be written") && reason.contains("other straps are written"))
        }
    }

    @Test func file_thatCouldNotBeWritten_isTriedAgain_alsoWithoutAChange() async throws {
        let clock = ManualClock()
        try await runningWithoutAnnasFile(clock) { _, feed in
            try FileManager.default.removeItem(atPath: folder.file("anna/hr.txt"))
            await clock.waitOut(TextFileOutput.retry)
            try await until { text(folder.file("anna/hr.txt")) == "" }
            try await until { feed.status.state == .noValue }
        }
    }

    /// As on a full disk, where no new file can be made: here its name is too long.
    @Test func file_thatCannotBeReplacedAnyMore_isEmptied() async throws {
        let long = folder.file(String(repeating: "x", count: 250))
        try await fixture.running(kind, ["path": .text(path)], clock: ManualClock()) { feed in
            fixture.goLive(72)
            try await until { text(path) == "72" }
            try FileManager.default.moveItem(atPath: path, toPath: long)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: long)
            fixture.measure(73)
            try await until { text(long) == "" }
            try await until { feed.status.state == .failing }
        }
    }

    /// 10,000 changes against a reader that never pauses: it sees whole texts only.
    @Test func reader_inALoop_neverSeesAHalfText() async throws {
        let texts = Set((0..<10).map { String(repeating: "\($0)", count: 4000) } + [""])
        try FileReplacement.replace(path, with: "")
        let isDone = Watched(false)
        let writer = FileWriter()
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask { [path] in
                var reads = 0
                while !isDone.value {
                    let read = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
                    guard let read, texts.contains(read) else {
                        Issue.record("half a text: \(read?.count ?? -1) characters")
                        return reads
                    }
                    reads += 1
                }
                return reads
            }
            for change in 0..<10_000 {
                try await writer.write(String(repeating: "\(change % 10)", count: 4000), to: path)
            }
            isDone.change { $0 = true }
            let reads = try await group.next() ?? 0
            #expect(reads > 100)
        }
        // No temporary file is left.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["heart-rate.txt"])
    }

    @Test func newFile_canBeReadByOthers_andAnExistingOneKeepsItsMode() async throws {
        let writer = FileWriter()
        func mode() -> mode_t {
            var file = stat()
            return stat(path, &file) == 0 ? file.st_mode & 0o777 : 0
        }
        try await writer.write("72", to: path)
        #expect(mode() == 0o644)
        chmod(path, 0o640)
        try await writer.write("73", to: path)
        #expect(mode() == 0o640 && text(path) == "73")
    }

    @Test func fileThatIsALink_staysOne() async throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.file("real.txt"))
        try Data().write(to: URL(filePath: folder.file("real.txt")))
        try await FileWriter().write("72", to: path)
        #expect(text(folder.file("real.txt")) == "72")
    }

    @Test func output_thatCannotWrite_failsWithTheFix_andRecovers() async throws {
        let clock = ManualClock()
        let blocked = folder.file("no")
        try Data().write(to: URL(filePath: blocked))
        try await fixture.running(kind, ["path": .text(blocked + "/hr.txt")], clock: clock) { feed in
            await fixture.lines.until { $0.contains { $0.contains("the output fails") } }
            let reason = try #require(feed.status.reason)
            #expect(reason.hasPrefix("\(blocked)/hr.txt cannot be written: Not a directory. Check its folder"))
            try FileManager.default.removeItem(atPath: blocked)
            fixture.goLive(72)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await clock.waitOutEverything(upTo: .seconds(5)) }
                try await until { text(blocked + "/hr.txt") == "72" }
                tasks.cancelAll()
            }
        }
    }

    @Test(
        arguments: [
            (["path": .text("hr.txt")], "path", "`path` must be a whole path"),
            (["path": .text("/run/hr/")], "path", "`path` must be a whole path"),
            (["path": .text("/run/{bpm}.txt")], "path", "`path` has the unknown placeholder {bpm}; there are {strap}"),
            (["text": .text("{pulse}")], "text", "`text` has the unknown placeholder {pulse}"),
        ] as [([String: OptionValues.Value], String, String)])
    func options_withAMistake_areRefused(values: [String: OptionValues.Value], key: String, words: String) throws {
        let mistake = try #require(kind.firstMistake(in: OptionValues(values), showsSeveral: false))
        #expect(mistake.key == key && mistake.message.contains(words), "\(mistake)")
    }

    @Test func path_withoutTheStrap_isRefusedForSeveral() {
        let one = OptionValues(["path": .text("/run/hr.txt")])
        #expect(kind.firstMistake(in: one, showsSeveral: false) == nil)
        #expect(kind.firstMistake(in: one, showsSeveral: true)?.message.contains("put {strap} into it") == true)
        #expect(kind.firstMistake(in: OptionValues(), showsSeveral: true) == nil)
    }

    @Test func probe_ofAFolder_saysWhetherItCanBeWritten() async {
        let context = fixture.context()
        var settings = OutputSettings(
            name: "file", options: OptionValues(["path": .text(path)]), runtimeFolder: "/nowhere")
        #expect(await kind.probe(settings, context) == .works("the folder \(folder.path) can be written"))
        #expect(kind.problems(with: settings).isEmpty)
        settings.options["path"] = .text(folder.path)
        let isFolder = "\(folder.path) is a folder. Name a file in it, such as \(folder.path)/heart-rate.txt"
        #expect(kind.problems(with: settings) == [isFolder])
        #expect(await kind.probe(settings, context) == .broken(isFolder, remedy: nil))
        settings.options["path"] = .text("/proc/version/hr.txt")
        #expect(kind.problems(with: settings) == ["/proc/version is no folder. Name a file in another folder"])
        #expect(
            await kind.probe(settings, context)
                == .broken("/proc/version is no folder. Name a file in another folder", remedy: nil))
    }
}
