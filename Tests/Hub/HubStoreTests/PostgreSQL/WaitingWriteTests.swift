import Testing

@testable import HubStore

/// A write of a group that another write's turn commits.
@Suite(.timeLimit(.minutes(10)))
struct WaitingWriteTests {
    private struct Failure: Error {}

    private func write() -> WaitingWrite {
        WaitingWrite(.reading(StoredReading(userID: 1, measuredAtMilliseconds: 1, heartRate: 60)))
    }

    @Test func write_whoseGroupFailsLater_fails() async throws {
        let write = write()
        let outcome = Task { try await write.outcome() }
        await Task.yield()
        write.end(.failure(Failure()))
        await #expect(throws: Failure.self) { try await outcome.value }
    }

    @Test func write_whoseGroupHasEnded_hasItsOutcome() async throws {
        let kept = write()
        kept.end(.success(()))
        try await kept.outcome()
        let lost = write()
        lost.end(.failure(Failure()))
        await #expect(throws: Failure.self) { try await lost.outcome() }
    }
}
