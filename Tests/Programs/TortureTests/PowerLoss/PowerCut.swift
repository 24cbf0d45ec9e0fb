import FoundationEssentials
import GRDB
import Logging
import Outbox
import TestKit

/// The outbox's files after a power cut, opened again by the real outbox.
struct PowerCut {
    /// The readings that must be there, by the outbox's reports before the cut: number by id.
    var owed: [Int64: Int64] = [:]
    /// All readings that were reported as appended. No cursor may be beyond them.
    var newestTold: Int64 = 0

    /// The problems; empty if there are none. `lost` counts the readings that were appended and are not there, which
    /// only `process-crash` allows.
    func problems(
        with files: [(file: DiskRecording.File, bytes: [UInt8])], durability: Durability
    ) async throws -> (problems: [String], lost: Int64) {
        let directory = TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let path = directory.file("outbox.sqlite")
        for (file, bytes) in files { try Data(bytes).write(to: URL(filePath: path + file.suffix)) }
        do {
            return try await problems(path, durability)
        } catch {
            return (["it does not open: \(error)"], 0)
        }
    }

    private func problems(_ path: String, _ durability: Durability) async throws -> ([String], Int64) {
        let lane = HelperRecording.lane
        let outbox = try Outbox(
            path: path, lanes: [lane], options: OutboxOptions(durability: durability, clockWait: .zero),
            logger: Logger(label: "outbox", factory: { _ in SwiftLogNoOpLogHandler() }))
        var problems: [String] = []
        let entries = try await outbox.entries(of: lane, after: 0, limit: 1_000_000, waits: false).entries
        let numbers = Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0.reading.measuredAtMilliseconds) })
        let missing = owed.filter { numbers[$0.key] != $0.value }
        if !missing.isEmpty {
            problems.append("\(missing.count) readings are lost, the first \(missing.keys.min() ?? 0)")
        }
        let ids = entries.map(\.id)
        if ids != Array(1...Int64(ids.count + 1)).dropLast() { problems.append("there are gaps") }
        let cursor = try await outbox.cursor(of: lane)
        if cursor > newestTold { problems.append("the cursor \(cursor) is ahead of \(newestTold)") }
        let next = try await outbox.append(HelperRecording.reading(number: 1))
        if next != Int64(ids.count) + 1 { problems.append("the next id is \(next)") }
        try await outbox.close()
        let check = try await DatabaseQueue(path: path).read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
        if check != ["ok"] { problems.append("integrity_check: \(check.prefix(3))") }
        return (problems, max(0, newestTold - Int64(ids.count)))
    }
}
