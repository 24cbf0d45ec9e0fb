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

    @Test func sector_thatCannotBeRead_costsWhatIsOnIt_andNothingBehind() async throws {
        let stage = try await CrashStage(seed: 2)
        let outbox = stage.uploader.outbox
        try await Self.fill(outbox)
        let page = try Self.leafInTheMiddle(of: outbox)
        stage.server.begin(life: 0, fails: false)
        try await StubServer.run(stage.server.serve) { server in
            try stage.configure(port: server.port)
            try await stage.beats.beginLife()
            let environment = stage.shim.withUnreadable(page.bytes, of: outbox)
            try await stage.uploader.whileRunning(environment) { running in
                try await stage.beats.beat(Self.measurements)
                await stage.server.arrivals.until {
                    $0.count { $0.lane == Lane(strap: "anna", destination: "pulsoid") }
                        >= Self.backlog - page.rows + Self.measurements
                }
                await stage.server.arrivals.until {
                    $0.lazy.filter { $0.lane == Lane(strap: "anna", destination: "cardiogram") }.flatMap(\.items).count
                        >= Self.backlog - page.rows
                }
                running.sendIfRunning(.terminate)
            }
        }
        let pulsoid = stage.server.arrivals.all.filter { $0.lane == Lane(strap: "anna", destination: "pulsoid") }
        #expect(pulsoid.count == Self.backlog - page.rows + Self.measurements, "\(stage.uploader.log)")
        let statistics = try await OutboxReader(path: outbox).statistics()
        #expect(statistics.lost == Int64(page.rows))
        #expect(stage.uploader.log.matches(of: /a part of the outbox cannot be read/).count == 1)
    }

    /// Readings of anna, one a second until now.
    private static func fill(_ path: String) async throws {
        let logger = Logger(label: "fill", factory: { _ in SwiftLogNoOpLogHandler() })
        let outbox = try Outbox(path: path, lanes: CrashStage.lanes, logger: logger)
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
