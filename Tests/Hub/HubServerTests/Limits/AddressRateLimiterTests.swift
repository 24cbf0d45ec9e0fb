import HTTPTypes
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// How much one address may ask for without a good token.
@Suite(.timeLimit(.minutes(10)))
struct AddressRateLimiterTests {
    private static func network(_ text: String) throws -> PeerAddress.Network {
        try #require(PeerAddress(text)).network
    }

    /// Whether a call is admitted; the seconds to wait where it is not.
    private static func wait(
        _ pacing: AddressRateLimiter, _ kind: AddressRateLimiter.Kind, _ address: String
    ) throws -> String? {
        let network = try network(address)
        let result = Result { () throws(HubHTTPError) in try pacing.admit(kind, from: network) }
        guard case .failure(let failure) = result else { return nil }
        return failure.status == .tooManyRequests ? failure.fields[.retryAfter] : "\(failure)"
    }

    @Test func address_thatAsksTooOften_isRefused_andNoOther() throws {
        let time = ManualTime()
        var limits = HubLimits()
        limits.oauthRate = .init(perSecond: 1, burst: 3)
        let pacing = AddressRateLimiter(limits: limits, time: time)
        for _ in 0..<3 { #expect(try Self.wait(pacing, .oauth, "192.0.2.1") == nil) }
        #expect(try Self.wait(pacing, .oauth, "192.0.2.1") == "1")
        #expect(try Self.wait(pacing, .oauth, "192.0.2.2") == nil)
        // Each kind of call has a bucket of its own.
        for kind: AddressRateLimiter.Kind in [.page, .refused, .administration] {
            #expect(try Self.wait(pacing, kind, "192.0.2.1") == nil)
        }
        time.advance(milliseconds: 1000)
        #expect(try Self.wait(pacing, .oauth, "192.0.2.1") == nil)
        #expect(try Self.wait(pacing, .oauth, "192.0.2.1") == "1")
    }

    @Test func ipv6_isCountedByItsNetwork() throws {
        var limits = HubLimits()
        limits.refusedRate = .init(perSecond: 1, burst: 1)
        let pacing = AddressRateLimiter(limits: limits, time: ManualTime())
        #expect(try Self.wait(pacing, .refused, "2001:db8:0:1::1") == nil)
        #expect(try Self.wait(pacing, .refused, "2001:db8:0:1:ffff::2") == "1")
        #expect(try Self.wait(pacing, .refused, "2001:db8:0:2::1") == nil)
    }

    @Test func addresses_beyondTheMemory_shareABucket_untilOthersAreForgotten() throws {
        let time = ManualTime()
        var limits = HubLimits()
        limits.pacedAddresses = 50
        limits.pageRate = .init(perSecond: 1, burst: 2)
        let pacing = AddressRateLimiter(limits: limits, time: time)
        for host in 0..<50 { #expect(try Self.wait(pacing, .page, "192.0.2.\(host)") == nil) }
        let admitted = try (0..<100).filter { try Self.wait(pacing, .page, "198.51.100.\($0)") == nil }
        // Ten times the two of one address.
        #expect(admitted.count == 20)
        #expect(pacing.bucketCount == 50)
        // Those who were here before are not among them.
        #expect(try Self.wait(pacing, .page, "192.0.2.1") == nil)
        time.advance(milliseconds: 10_000)
        #expect(try Self.wait(pacing, .page, "203.0.113.1") == nil)
        #expect(pacing.bucketCount == 1)
    }

    /// Strangers behind the same address as an uploader do not slow it down.
    @Test func flood_isAnswered429_andAGoodTokenOfTheSameAddressIsServed() async throws {
        var limits = HubLimits()
        limits.refusedRate = .init(perSecond: 1, burst: 3)
        limits.oauthRate = .init(perSecond: 1, burst: 3)
        limits.pageRate = .init(perSecond: 1, burst: 3)
        limits.administrationRate = .init(perSecond: 1, burst: 3)
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let admin = try await hub.store.accounts.issueAdminToken(named: "test").accessToken
            func statuses(_ count: Int, _ call: () async throws -> TestHub.Answer) async throws -> [Int] {
                var statuses: [Int] = []
                for _ in 0..<count {
                    let answer = try await call()
                    statuses.append(answer.status)
                    #expect((answer.headers["retry-after"] == ["1"]) == (answer.status == 429))
                }
                return statuses
            }
            let refused = try await statuses(2) { try await hub.send(.GET, PulsoidPath.validateToken, token: "x") }
            #expect(refused == [401, 401])
            // Without a token, and with one of the administration that is wrong: the same bucket.
            #expect(try await statuses(1) { try await hub.send(.GET, PulsoidPath.latestHeartRate) } == [401])
            let admins = "/api/hub/v1/admin/users"
            #expect(try await statuses(2) { try await hub.send(.GET, admins, token: "x") } == [429, 429])
            let beats = try await hub.send(.POST, "/heart/oauth/users/1/beats", token: "x", body: "{}")
            #expect(beats.status == 429)
            #expect(try await statuses(4) { try await hub.send(.GET, "/metrics", token: "x") } == [429, 429, 429, 429])
            #expect(
                try await statuses(5) { try await hub.send(.GET, "/metrics", token: admin) } == [
                    200, 200, 200, 200, 200,
                ])
            #expect(beats.body == #"{"message":"too many requests of this kind from this address"}"#)
            #expect(
                try await statuses(4) { try await hub.submit(PulsoidPath.revoke, ["token": "x"]) }
                    == [200, 200, 200, 429])
            #expect(try await statuses(4) { try await hub.send(.GET, "/healthz") } == [200, 200, 200, 429])
            // A flood of page requests does not make the hub look broken.
            #expect(try await statuses(4) { try await hub.send(.GET, "/") } == [200, 200, 200, 429])
            #expect(
                try await statuses(4) { try await hub.send(.GET, admins, token: admin) } == [200, 200, 200, 429])
            for _ in 0..<20 {
                #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: anna).status == 200)
            }
            #expect(try await hub.write(70, at: hub.now, token: anna).status == 200)
            try await RawConnection.open(port: hub.port) { socket in
                let answer = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(anna)")
                #expect(answer.status == 101)
            }
            hub.time.advance(milliseconds: 1000)
            #expect(try await hub.send(.GET, "/healthz").status == 200)
        }
    }
}
