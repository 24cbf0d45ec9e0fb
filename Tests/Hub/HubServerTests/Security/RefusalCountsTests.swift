import Testing

@testable import HubServer
@testable import HubStore

struct RefusalCountsTests {
    private static func origin(_ address: String) throws -> SecurityOrigin {
        SecurityOrigin(client: try #require(PeerAddress(address)), route: "/x")
    }

    @Test func addresses_haveTheirOwnLines_andAllTogetherALimit() throws {
        var counts = RefusalCounts()
        var lines = 0
        for number in 0..<3000 {
            let origin = try Self.origin("192.0.\(number / 250).\(number % 250)")
            for _ in 0..<2 where counts.shouldWrite(origin, now: 1000) { lines += 1 }
        }
        #expect(lines == RefusalCounts.linesOfAll)
        #expect(counts.takeFolded(now: 60_999).isEmpty)
        let folded = counts.takeFolded(now: 61_000)
        // More addresses than the capacity: one line, and the sum is complete.
        #expect(folded.map(\.count) == [6000 - lines])
        #expect(folded.first?.origin == nil)
        #expect(counts.takeFolded(now: 200_000).isEmpty)
        #expect(counts.shouldWrite(try Self.origin("192.0.2.1"), now: 200_000))
    }

    @Test func networkOfIPv6_isOneAddress() throws {
        var counts = RefusalCounts()
        for number in 0..<20 {
            let origin = try Self.origin("2001:db8::\(number)")
            #expect(counts.shouldWrite(origin, now: 1000) == (number < RefusalCounts.linesPerAddress))
        }
        #expect(counts.shouldWrite(try Self.origin("2001:db8:0:1::1"), now: 1000))
        let folded = counts.takeFolded(now: 61_000)
        #expect(folded.map(\.count) == [10])
        #expect(folded.first?.origin?.client.description == "2001:db8::19")
    }

    @Test func line_cannotBeForgedByAName() {
        let line = SecurityLine("change", peer: "192.0.2.7", route: "/x")
            .adding([("name", "a\"\nsecurity: refused peer=192.0.2.1 route=/x \u{202E}"), ("empty", "")])
        #expect(
            line.text == "security: change peer=192.0.2.7 route=/x "
                + "name=\"a' security: refused peer=192.0.2.1 route=/x\" empty=\"\"")
    }
}
