import HubFixtures
import Testing
import Timing

@testable import HubStore

/// The machine's clock, some seconds off.
private struct ShiftedTime: TimeSource {
    let seconds: Int64
    let bootID = "boot"

    func now() -> Moment {
        var moment = KernelTime().now()
        moment.wallMilliseconds += seconds * 1000
        return moment
    }

    func isWallClockTrusted() -> Bool { true }
}

struct ServerStatusTests {
    @Test(
        arguments: [
            (nil, nil), (0, nil), (60, nil), (-60, nil), (61, "61 seconds ahead of"), (-600, "600 seconds behind"),
        ] as [(Double?, String?)])
    func clock_whenMoreThanAMinuteOff_isAProblem(_ offset: Double?, _ words: String?) {
        var status = ServerStatus()
        status.clockOffsetSeconds = offset
        #expect((status.clockProblem == nil) == (words == nil))
        if let words { #expect(status.clockProblem?.contains(words) == true) }
    }

    @Test(.enabled(if: TestDatabase.isShared), .timeLimit(.minutes(5)), arguments: [-70, 0, 70] as [Int64])
    func hub_knowsHowFarItsClockIsOff_beforeItServes(_ seconds: Int64) async throws {
        let database = try TestDatabase()
        let store = try await HubStore.open(database.location, time: ShiftedTime(seconds: seconds))
        let offset = try #require(store.database.serverStatus?.clockOffsetSeconds)
        #expect(abs(offset - Double(seconds)) < 5)
        #expect((store.database.serverStatus?.clockProblem != nil) == (seconds != 0))
        // Another test may have it now.
        withExtendedLifetime(database) {}
    }
}
