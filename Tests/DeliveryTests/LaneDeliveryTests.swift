import Delivery
import HeartRate
import Outbox
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct LaneDeliveryTests {
    @Test func reading_whenAppended_isDeliveredAndAcknowledged() async throws {
        let fixture = try LaneDeliveryFixture(limits: .single)
        var requests = fixture.destination.requests.makeAsyncIterator()
        try await fixture.whileRunning {
            for bpm in UInt16(60)...62 {
                try await fixture.append([bpm])
                let request = try #require(await requests.next())
                #expect(request.rates == [bpm])
                request.answer(.accepted)
            }
        }
        #expect(try await fixture.outbox.cursor(of: fixture.lane) >= 2)
    }
}
