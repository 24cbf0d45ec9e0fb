import FoundationEssentials
import HeartRate
import Logging
import Outbox
import TestKit
import Testing

@testable import Doctor

/// The probe and the check of the outbox, on files.
@Suite(.timeLimit(.minutes(10))) struct OutboxDoctorTests {
    private let folder = TemporaryDirectory()
    private let lane = Lane(strap: "chest", destination: "pulsoid")

    /// On a clock that stands still: however slow the machine is, no time is over.
    private func facts() async -> OutboxFacts { await OutboxProbe(clock: ManualClock()).facts(about: path) }

    private var path: String { folder.file("outbox.sqlite") }

    private func outboxFinding() async -> Finding { OutboxCheck.findings(await facts())[0] }

    private func makeOutbox() throws -> Outbox {
        try Outbox(path: path, lanes: [lane], time: ManualTime(), logger: Logger(label: "test"))
    }

    @Test func outbox_beforeTheFirstRun_isFine_andNotMade() async {
        #expect(await outboxFinding().level == .ok)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func outbox_whileAnUploaderHasItOpen_tellsWhatWaits() async throws {
        let outbox = try makeOutbox()
        _ = try await outbox.append(
            Reading(
                strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: 61), measuredAtMilliseconds: 1,
                bootMilliseconds: 1))
        let finding = await outboxFinding()
        #expect(finding == Finding(.outbox, .ok, "The outbox \(path) holds 1 upload that waits."))
        try await outbox.close()
    }

    @Test func outbox_whenTheFileIsDamaged_saysSo() async throws {
        try Data("no database at all, and longer than a header of SQLite, which has 100 bytes, would ever be".utf8)
            .write(to: URL(filePath: path))
        let finding = await outboxFinding()
        #expect(finding.level == .problem)
        #expect(finding.remedy?.isEmpty == false)
    }

    @Test func outbox_whenItMayNotBeWritten_saysSo() {
        let facts = OutboxFacts(path: path, obstacle: "the folder /x may not be written", file: .none, disk: nil)
        let findings = OutboxCheck.findings(facts)
        #expect(findings.map(\.level) == [.problem])
        #expect(findings[0].sentence == "The folder /x may not be written.")
    }

    @Test func disk_withMoreBlocksThanANumberHolds_isVeryLarge() {
        #expect(OutboxProbe.bytes(.max, .max) == .max)
        #expect(OutboxProbe.bytes(.max, 1) == .max)
        #expect(OutboxProbe.bytes(10, 4096) == 40_960)
    }

    @Test func disk_ofARealFolder_isMeasured() async throws {
        let disk = try #require(await facts().disk)
        #expect(disk.totalBytes > 0)
        #expect((0...disk.totalBytes).contains(disk.freeBytes))
    }

    @Test(arguments: [
        (Int64(99_999_999), Int64(1_000_000_000), Finding.Level.warning), (100_000_000, 1_000_000_000, .ok),
        (1_999_999_999, 100_000_000_000, .warning), (2_000_000_000, 100_000_000_000, .ok),
        (.max, .max, .ok), (1, .max, .warning),
    ])
    func disk_whenNearlyFull_isWarnedOf(free: Int64, total: Int64, level: Finding.Level) {
        let facts = OutboxFacts(
            path: path, obstacle: nil, file: .none, disk: .init(freeBytes: free, totalBytes: total))
        #expect(OutboxCheck.findings(facts).map(\.level) == [.ok, level])
    }
}
