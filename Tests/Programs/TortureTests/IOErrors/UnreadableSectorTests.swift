import FoundationEssentials
import Logging
import Outbox
import ProcessHarness
import Subprocess
import TestKit
import Testing
import Timing

/// `strapline run` with a backlog that the disk cannot read in part.
@Suite(.timeLimit(.minutes(5)))
struct UnreadableSectorTests {
    private static let backlog = 600
    private static let measurements = 10
    private static let pageBytes = 1024
    /// The type of a table's leaf, and the place of its number of rows (https://www.sqlite.org/fileformat2.html, 1.6).
    private static let leaf: UInt8 = 0x0D
    private static let rowCountOffset = 3

    /// All that reads the file beside the lanes.
    enum Housekeeping: CaseIterable {
        case none
        /// The clock is set: readings beyond the retention are looked for.
        case retention
        /// The clock is set in the meantime: the times of all readings are corrected.
        case clockSet
        /// The backlog is parted, and its expired readings are skipped.
        case newestFirst
    }

    @Test(arguments: Housekeeping.allCases)
    func sector_thatCannotBeRead_costsWhatIsOnIt_andNothingBehind(beside housekeeping: Housekeeping) async throws {
        let stage = try await CrashStage(seed: 2)
        let outbox = stage.uploader.outbox
        try await Self.fill(outbox)
        let page = try Self.leafInTheMiddle(of: outbox)
        stage.server.begin(life: 0, fails: false)
        let clock = stage.uploader.directory.file("clock-is-set")
        if housekeeping == .retention { try Data().write(to: URL(filePath: clock)) }
        let environment = stage.shim.withUnreadable(page.bytes, of: outbox)
            .merging(stage.shim.withClock(setWhile: clock)) { first, _ in first }
        try await StubServer.run(stage.server.serve) { server in
            try stage.configure(
                port: server.port, outboxOptions: housekeeping == .retention ? ", retention_days: 0.001" : "",
                pulsoidOptions: housekeeping == .newestFirst ? ", order: newest-first, max_age_seconds: 86400" : "")
            try await stage.beats.beginLife()
            try await stage.uploader.whileRunning(environment) { running in
                if housekeeping == .clockSet {
                    await stage.server.arrivals.until { !$0.isEmpty }
                    try Data().write(to: URL(filePath: clock))
                    try await poll { stage.uploader.wholeLog.contains("clock synchronised") }
                }
                try await stage.beats.beat(Self.measurements)
                await stage.server.arrivals.until { $0.count(in: Self.pulsoid) >= Self.deliverable(page.rows) }
                // A second has one beat: the first measurements may share theirs with the backlog's last.
                await stage.server.arrivals.until { $0.count(in: Self.cardiogram) >= Self.backlog - page.rows }
                running.sendIfRunning(.terminate)
            }
        }
        let arrived = stage.server.arrivals.all.count(in: Self.pulsoid)
        #expect(arrived == Self.deliverable(page.rows), "\(stage.uploader.log)")
        let statistics = try await OutboxReader(path: outbox).statistics()
        #expect(statistics.lost == Int64(page.rows))
        #expect(stage.uploader.wholeLog.matches(of: /readings lost: a part of the outbox cannot be read/).count == 1)
    }

    @Test func reader_thatMeetsABadSector_saysSo_andDoesNotHaveTheFileMoved() async throws {
        let stage = try await CrashStage(seed: 2)
        try await Self.fill(stage.uploader.outbox)
        try stage.configure(port: 9)
        let page = try Self.leafInTheMiddle(of: stage.uploader.outbox)
        let environment = stage.shim.withUnreadable(page.bytes, of: stage.uploader.outbox)
        for command in [["session", "list"], ["outbox", "export"]] {
            let ended = try await stage.uploader.run(command, environment)
            #expect(ended.status == .exited(74), "\(ended)")
            #expect(ended.error.contains("The uploader goes on without that part"), "\(ended)")
            #expect(!ended.error.contains("Move the file away"), "\(ended)")
        }
        let status = try await stage.uploader.run(["status"], environment)
        #expect(status.output.contains("The uploader goes on without that part"), "\(status)")
    }

    private static let pulsoid = Lane(strap: "anna", destination: "pulsoid")
    private static let cardiogram = Lane(strap: "anna", destination: "cardiogram")

    private static func deliverable(_ unreadable: Int) -> Int { backlog - unreadable + measurements }

    /// Readings of anna, one a second until now.
    private static func fill(_ path: String) async throws {
        let logger = Logger(label: "fill", factory: { _ in SwiftLogNoOpLogHandler() })
        let outbox = try Outbox(path: path, lanes: CrashStage.lanes, time: UnsetClock(), logger: logger)
        let now = KernelTime().now()
        try await outbox.append(
            (1...backlog).map { number in
                let age = Int64(backlog - number + 1) * 1000
                return Reading(
                    strap: "anna", measurement: CountedBeats.measurement(number),
                    measuredAtMilliseconds: now.wallMilliseconds - age, bootMilliseconds: now.bootMilliseconds - age)
            })
        try await outbox.close()
    }

    /// Most of the file holds readings.
    private static func leafInTheMiddle(of path: String) throws -> (bytes: Range<Int>, rows: Int) {
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
        let leaves = stride(from: pageBytes, to: bytes.count, by: pageBytes).filter { bytes[$0] == leaf }
        let place = leaves[leaves.count / 2]
        let rows = Int(bytes[place + rowCountOffset]) << 8 | Int(bytes[place + rowCountOffset + 1])
        return (place..<place + pageBytes, rows)
    }
}

/// The clock of this machine before a time server has set it.
private struct UnsetClock: TimeSource {
    private let kernel = KernelTime()

    var bootID: String { kernel.bootID }

    func now() -> Moment { kernel.now() }
    func isWallClockTrusted() -> Bool { false }
    func isWallClockSynchronised() -> Bool { false }
}

extension [TorturedServer.Arrival] {
    fileprivate func count(in lane: Lane) -> Int { lazy.filter { $0.lane == lane }.map(\.items.count).reduce(0, +) }
}
