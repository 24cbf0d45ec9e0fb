import GRDB

/// Marks dead letters for a retry, also in the outbox of a running uploader.
///
/// It writes only these marks, a few hundred in a commit, under SQLite's own lock: the uploader's next append waits for
/// one such commit at most. The uploader polls for the marks (`RedeliveryService`).
package struct DeadLetterRequeue: Sendable {
    /// The result of a request.
    package struct Result: Sendable, Equatable {
        /// Requeued readings, each counted for each destination.
        package var requeued = 0
        /// Dead letters that stay, because the uploader no longer delivers to their destination.
        package var undeclared = 0
        /// The ids that are no dead letters.
        package var missing: [Int64] = []

        package init(requeued: Int = 0, undeclared: Int = 0, missing: [Int64] = []) {
            self.requeued = requeued
            self.undeclared = undeclared
            self.missing = missing
        }
    }

    private static let marksPerCommit = 500

    private let path: String
    private let database: DatabaseQueue

    /// Opens the file, which must be one that the uploader has brought to today's schema.
    /// - Throws: ``OutboxError``.
    package init(path: String) throws {
        self.path = path
        database = try OutboxVisit.open(path, label: "outbox retry")
    }

    /// Requeues all dead letters of these lanes. `report` gets the result after each commit.
    /// - Throws: ``OutboxError``; readings marked until then are sent.
    package func requeueAll(
        of selection: LaneSelection = LaneSelection(), report: (Result) -> Void = { _ in }
    ) async throws -> Result {
        var result = Result()
        for lane in try await lanes(of: selection) {
            try await requeue(0 ... .max, of: lane, in: &result, report: report)
        }
        return result
    }

    /// Requeues these readings, in each lane where they are dead letters.
    /// - Throws: ``OutboxError``; readings marked until then are sent.
    package func requeue(_ ids: [Int64], of selection: LaneSelection = LaneSelection()) async throws -> Result {
        var result = Result()
        let lanes = try await lanes(of: selection)
        for id in ids {
            let before = result.requeued + result.undeclared
            for lane in lanes { try await requeue(id...id, of: lane, in: &result) }
            if result.requeued + result.undeclared == before { result.missing.append(id) }
        }
        return result
    }

    /// A lane's id, and whether it is declared.
    private typealias Target = (id: Int64, isDeclared: Bool)

    private func lanes(of selection: LaneSelection) async throws -> [Target] {
        try await write { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT lane.id, is_declared FROM lane JOIN strap ON strap.id = lane.strap
                    WHERE \(LaneSelection.condition)
                    """, arguments: selection.arguments
            ).map { ($0[0], $0[1]) }
        }
    }

    private func requeue(
        _ ids: ClosedRange<Int64>, of lane: Target, in result: inout Result, report: (Result) -> Void = { _ in }
    ) async throws {
        var next = ids.lowerBound
        while let step = try await markStep(of: lane, from: next, through: ids.upperBound) {
            if lane.isDeclared { result.requeued += step.count } else { result.undeclared += step.count }
            report(result)
            guard step.last < ids.upperBound else { return }
            next = step.last + 1
        }
    }

    private func markStep(
        of lane: Target, from first: Int64, through last: Int64
    ) async throws -> (count: Int, last: Int64)? {
        try await write { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*), max(reading) FROM
                    (SELECT reading FROM set_aside WHERE lane = ? AND reading BETWEEN ? AND ? ORDER BY reading LIMIT ?)
                    """, arguments: [lane.id, first, last, Self.marksPerCommit])
            guard let row, let stepLast: Int64 = row[1] else { return nil }
            if lane.isDeclared {
                try db.execute(
                    sql: "UPDATE set_aside SET is_put_back = 1 WHERE lane = ? AND reading BETWEEN ? AND ?",
                    arguments: [lane.id, first, stepLast])
            }
            return (row[0], stepLast)
        }
    }

    private func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.write(body)
        } catch let error as DatabaseError {
            throw OutboxError(lookingOn: error, path: path)
        }
    }
}
