import HeartRate
import HubAPI
import HubServer
import HubStore
import NIOHTTP1
import Testing

/// Sessions and mornings with more than one strap sends: a client that writes nonsense must not fill the memory.
@Suite(.timeLimit(.minutes(10)))
struct SessionLimitTests {
    @Test func sessionWithMoreIntervalsThanAHeartHas_isSummedUp_andNoFile() async throws {
        var limits = HubLimits()
        limits.sessionIntervals = 399
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let start = hub.now - 3_600_000
            try await hub.wear(from: start, seconds: 400, intervals: [614])
            let path = "\(HubSessionPage.path)/\(start)"
            let detail: HubSessionDetail = try await hub.read(path, token: anna)
            #expect(detail.isSummarized && detail.variability == nil && detail.session.intervals == 400)
            let file = try await hub.send(.GET, "\(path)/export", token: anna)
            #expect(file.status == 400 && file.body.contains("400 RR intervals"), "\(file.body)")
        }
    }

    /// Two straps of a user, or one that sends four times a second: the values would be those of a part.
    @Test func sessionWithMoreReadingsThanAreRead_isSummedUp() async throws {
        var limits = HubLimits()
        limits.exportedReadings = 400
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let start = hub.now - 3_600_000
            try await hub.wear(from: start, seconds: 400, intervals: [614])
            let path = "\(HubSessionPage.path)/\(start)"
            let exact: HubSessionDetail = try await hub.read(path, token: anna)
            #expect(!exact.isSummarized && exact.variability?.intervals == 400)
            try await hub.wear(from: start + 400_000, seconds: 1, intervals: [614])
            let detail: HubSessionDetail = try await hub.read(path, token: anna)
            #expect(detail.isSummarized && detail.variability == nil && detail.session.readings == 401)
        }
    }

    @Test func morningWithMoreReadingsThanAStrapSends_isNone() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let six = hub.now / 86_400_000 * 86_400_000 - 86_400_000 + 6 * 3_600_000
            for (start, step, count) in [(six, 1000, 300), (six + 300_000, 90, 3001)] as [(Int64, Int64, Int64)] {
                try await hub.store.readings.append(
                    (0..<count).map { place in
                        DetailedReading(
                            measuredAtMilliseconds: start + place * step,
                            measurement: HeartRateMeasurement(
                                beatsPerMinute: step == 90 ? 40 : 60, contact: .detected,
                                rrIntervals: place < 300 ? [1000 + UInt16(place % 3)] : []))
                    }, ofUser: 1)
            }
            let trend: HubMornings = try await hub.read(
                "\(HubMornings.path)?from=\(six - 3_600_000)&to=\(six + 3_600_000)", token: anna)
            #expect(trend.mornings.map(\.atMilliseconds) == [six])
        }
    }

    @Test func fileOfTooManyReadings_isRefused() async throws {
        var limits = HubLimits()
        limits.exportedReadings = 100
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await hub.wear(from: hub.now - 300_000, seconds: 200)
            let answer = try await hub.send(.GET, "\(HubSessionPage.path)/\(hub.now - 299_000)/export", token: anna)
            #expect(answer.status == 400)
            #expect(answer.body.contains("200 readings"))
        }
    }
}
