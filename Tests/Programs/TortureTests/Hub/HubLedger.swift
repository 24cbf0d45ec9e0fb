import GRDB
import TestKit

/// Compares the writes that a hub has answered with 200 with the content of its file.
struct HubLedger: Sendable {
    enum Write: Sendable, Hashable {
        /// In milliseconds since the Unix epoch.
        case reading(measuredAt: Int64)
        /// This many beats, one for each second from this one.
        case beats(start: Int64, count: Int64)
    }

    /// The content of the file.
    private struct Contents: Sendable {
        let rates: [Int64: Int]
        let values: [Int64: Double]
        let integrity: String

        init(_ db: Database) throws {
            let readings = try Row.fetchAll(db, sql: "SELECT measured_at_ms, heart_rate FROM reading")
            let beats = try Row.fetchAll(db, sql: "SELECT start_s, value FROM beat")
            rates = Dictionary(uniqueKeysWithValues: readings.map { ($0[0], $0[1]) })
            values = Dictionary(uniqueKeysWithValues: beats.map { ($0[0], $0[1]) })
            integrity = try String.fetchOne(db, sql: "PRAGMA integrity_check") ?? "nothing"
        }
    }

    static let beatsPerBatch: Int64 = 3

    let answered = Recorder<Write>()

    /// Each moment has its own heart rate, so that a mix-up shows.
    static func rate(at moment: Int64) -> Int { 60 + Int(moment % 100) }

    /// The answered writes that the file lacks, and SQLite's check of the file.
    func problems(in database: String) async throws -> [String] {
        let file = try await DatabaseQueue(path: database).read { try Contents($0) }
        var problems = file.integrity == "ok" ? [] : [file.integrity]
        for write in answered.all {
            switch write {
            case .reading(let moment): if file.rates[moment] != Self.rate(at: moment) { problems.append("\(write)") }
            case .beats(let start, let count):
                let isThere = (start..<start + count).allSatisfy { file.values[$0] == Double(Self.rate(at: $0)) }
                if !isThere { problems.append("\(write)") }
            }
        }
        return problems
    }
}
