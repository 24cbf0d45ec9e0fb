import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// How many requests one token may make.
@Suite(.timeLimit(.minutes(10)))
struct RateLimitTests {
    private static var limits: HubLimits {
        var limits = HubLimits()
        limits.requestsPerSecond = 2
        return limits
    }

    @Test func tooManyRequests_areAnswered429_withTheTimeToWait_untilItHasPassed() async throws {
        try await TestHub.run(limits: Self.limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let ben = try await hub.addUser("Ben").accessToken
            for index in 0..<4 {
                #expect(try await hub.write(70, at: hub.now + Int64(index), token: anna).status == 200)
            }
            let refused = try await hub.write(71, at: hub.now + 10, token: anna)
            #expect(refused.status == 429)
            #expect(refused.headers.first(name: "retry-after") == "1")
            #expect(
                refused.body
                    == #"{"error_code":"429","error_message":"at most 2 requests per second with one token"}"#)
            #expect(try await hub.rowCount("reading") == 4)
            // Every call with this token counts, and no call of another.
            #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: anna).status == 429)
            #expect(try await hub.write(70, at: hub.now, token: ben).status == 200)
            try await RawConnection.open(port: hub.port) { socket in
                let answer = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(anna)")
                #expect(answer.status == 429)
                #expect(answer.headers["retry-after"] == "1")
            }
            hub.time.advance(milliseconds: 1000)
            #expect(try await hub.write(71, at: hub.now, token: anna).status == 200)
        }
    }

    /// A batch is one request, and is refused in Cardiogram's words.
    @Test func batchOfBeats_countsAsOne() async throws {
        try await TestHub.run(limits: Self.limits) { hub in
            let token = try await hub.addUser("Anna").accessToken
            let beats = (0..<500).map { #"{"start":\#($0),"end":\#($0),"value":60}"# }.joined(separator: ",")
            let body = #"{"beats":[\#(beats)]}"#
            for _ in 0..<4 {
                #expect(
                    try await hub.send(.POST, "/heart/oauth/users/1/beats", token: token, body: body).status == 200)
            }
            let refused = try await hub.send(.POST, "/heart/oauth/users/1/beats", token: token, body: body)
            #expect(refused.status == 429)
            #expect(refused.body == #"{"message":"at most 2 requests per second with one token"}"#)
            #expect(refused.headers.first(name: "retry-after") == "1")
            // Pulsoid's calls are counted by themselves.
            #expect(try await hub.write(70, at: hub.now, token: token).status == 200)
        }
    }

    @Test func tokensWithoutRequests_areForgotten() async throws {
        let time = ManualTime()
        let pacing = RequestRateLimiter(requestsPerSecond: 20, time: time)
        for index in 0..<1024 { try pacing.admit(TokenHash(of: "\(index)")) }
        #expect(pacing.bucketCount == 1024)
        time.advance(milliseconds: 1000)
        for index in 0..<1024 { try pacing.admit(TokenHash(of: "later \(index)")) }
        #expect(pacing.bucketCount <= 1024)
    }
}
