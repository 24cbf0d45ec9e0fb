import Outbox
import TestKit
import Testing

@Suite struct OutboxDeclaringTests {
    private let fixture = OutboxFixture()

    @Test func lane_whenDeclaredWhileOpen_startsAfterTheNewest() async throws {
        let outbox = try fixture.open()
        try await outbox.appendEach([fixture.reading(60)])
        try await outbox.declare([pulsoid, cardiogram])
        try await outbox.appendEach([fixture.reading(61)])
        #expect(try await outbox.rates(of: cardiogram) == [61])
        #expect(try await outbox.rates(of: pulsoid) == [60, 61])
    }

    @Test func lane_whenNoLongerDeclared_holdsItsCursorUntilItIsAgain() async throws {
        let outbox = try fixture.open(lanes: [pulsoid, cardiogram])
        let ids = try await outbox.appendEach([fixture.reading(60), fixture.reading(61)])
        try await outbox.acknowledge(cardiogram, through: ids[0])
        try await outbox.declare([pulsoid])
        await #expect(throws: OutboxError.self) { try await outbox.cursor(of: cardiogram) }
        #expect(try await outbox.statistics().lanes.map(\.lane) == [pulsoid])
        try await outbox.declare([pulsoid, cardiogram])
        #expect(try await outbox.rates(of: cardiogram) == [61])
    }

    @Test func declaration_afterClosing_isAnErrorAndChangesNothing() async throws {
        let outbox = try fixture.open()
        try await outbox.close()
        await #expect(throws: OutboxError.self) { try await outbox.declare([cardiogram]) }
        #expect(try await outbox.cursor(of: pulsoid) == 0)
    }
}
