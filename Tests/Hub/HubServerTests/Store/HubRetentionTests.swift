import PulsoidAPI
import TestKit
import Testing
import Timing

@testable import HubServer
@testable import HubStore

@Suite(.timeLimit(.minutes(10)))
struct HubRetentionTests {
    /// A running hub deletes expired readings, and accepts new ones at the same time.
    @Test func hub_letsGoWhatIsTooOld_whileOthersWrite() async throws {
        try await TestHub.run(retention: .seconds(1800)) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let user: Int64 = 1
            for age in [1000, 4000] as [Int64] {
                #expect(try await hub.write(70, at: hub.now - age * 1000, token: anna).status == 200)
            }
            hub.time.advance(milliseconds: 3_600_000)
            #expect(try await hub.write(71, at: hub.now, token: anna).status == 200)
            for _ in 0..<3 { await hub.tick() }
            let kept = try await hub.store.readings.oldest(ofUser: user, limit: 10)
            #expect(kept.map(\.heartRate) == [71])
        }
    }
}
