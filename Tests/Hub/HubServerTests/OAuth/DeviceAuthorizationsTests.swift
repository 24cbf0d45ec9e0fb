import Testing

@testable import HubServer
@testable import HubStore

/// RFC 8628 without clock or network.
struct DeviceAuthorizationsTests {
    private static let request = DeviceAuthorizations.DeviceRequest(
        client: Client(id: "overlay", name: "Overlay", isConfidential: false), scopes: ["data:heart_rate:read"])
    private static let device = TokenHash(of: "device")
    private static let network = PeerAddress.unknown.network
    private static let token = TokenHash(of: "token")
    private static let allowed = DeviceAuthorizations.Decision.allowed(userID: 7, by: token)
    private static let consent = ProgramConsent(
        clientID: "overlay", userID: 7, token: token, scopes: ["data:heart_rate:read"])

    private var authorizations = DeviceAuthorizations(limits: HubLimits())
    private let code: UserCode

    init() throws {
        code = try #require(UserCode("bcdf-ghjk"))
        #expect(
            authorizations.begin(Self.request, deviceCode: Self.device, userCode: code, from: Self.network, now: 0)
                == nil)
    }

    private mutating func ask(at seconds: Int64, as clientID: String = "overlay") -> DeviceAuthorizations.Answer {
        authorizations.ask(Self.device, clientID: clientID, now: seconds * 1000)
    }

    @Test func device_whenNobodyHasAnswered_waits() {
        var tests = self
        #expect(tests.ask(at: 0) == .pending)
        #expect(tests.ask(at: 3) == .pending)
    }

    @Test func device_whenItAsksTooOften_isToldSo_andStillGetsItsTurn() {
        var tests = self
        #expect(tests.ask(at: 0) == .pending)
        #expect(tests.ask(at: 1) == .tooSoon)
        #expect(tests.ask(at: 2) == .tooSoon)
        // A second early is what a network does.
        #expect(tests.ask(at: 4) == .pending)
    }

    @Test func device_whenAllowed_isAllowedOnce() {
        var tests = self
        #expect(tests.authorizations.decide(Self.allowed, code, now: 1000) == true)
        #expect(tests.ask(at: 3) == .allowed(Self.consent))
        #expect(tests.ask(at: 6) == .used(grantID: nil))
        tests.authorizations.putBack(Self.device)
        #expect(tests.ask(at: 7) == .allowed(Self.consent))
        #expect(tests.authorizations.redeemed(Self.device, grantID: 9) == true)
        #expect(tests.ask(at: 8) == .used(grantID: 9))
    }

    @Test func code_whenUsedAgainBeforeItsTokensAreIssued_endsThem() {
        var tests = self
        #expect(tests.authorizations.decide(Self.allowed, code, now: 1000) == true)
        #expect(tests.ask(at: 3) == .allowed(Self.consent))
        #expect(tests.ask(at: 3) == .used(grantID: nil))
        #expect(tests.authorizations.redeemed(Self.device, grantID: 9) == false)
    }

    @Test func device_whenDenied_isTold_andTheAnswerStands() {
        var tests = self
        #expect(tests.authorizations.decide(.denied, code, now: 1000) == true)
        #expect(tests.authorizations.decide(Self.allowed, code, now: 1000) == false)
        #expect(tests.ask(at: 3) == .denied)
    }

    @Test func device_whenTheTimeIsOver_hasExpired_andIsForgottenAMinuteLater() {
        var tests = self
        #expect(tests.ask(at: 599) == .pending)
        #expect(tests.authorizations.request(code, now: 599_999) == Self.request)
        #expect(tests.authorizations.request(code, now: 600_000) == nil)
        #expect(tests.authorizations.decide(Self.allowed, code, now: 600_000) == false)
        #expect(tests.ask(at: 600) == .expired)
        // Its code may be given again once it is forgotten.
        #expect(tests.begin("other", code, at: 659_999) == 1)
        #expect(tests.begin("other", code, at: 660_000) == nil)
        #expect(tests.ask(at: 660) == .unknown)
    }

    private mutating func begin(
        _ device: String, _ code: UserCode? = nil, from address: String = "192.0.2.1", at now: Int64
    ) -> Int64? {
        authorizations.begin(
            Self.request, deviceCode: TokenHash(of: device), userCode: code ?? Self.code(device),
            from: (PeerAddress(address) ?? .unknown).network, now: now)
    }

    /// A code of its own for each name.
    private static func code(_ name: String) -> UserCode {
        let consonants = Array("BCDFGHJKLMNPQRSTVWXZ")
        var number = name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        let letters = (0..<8).map { _ in
            defer { number /= 20 }
            return consonants[Int(number % 20)]
        }
        return UserCode(String(letters)) ?? UserCode("BBBB-BBBB").unsafelyUnwrapped
    }

    @Test func device_whenAnotherClientAsks_isUnknown() {
        var tests = self
        #expect(tests.ask(at: 0, as: "other") == .unknown)
    }

    @Test func devices_ofOneAddress_areTen_andRetryAfterIsTheTruth() {
        var tests = self
        for index in 0..<10 { #expect(tests.begin("\(index)", at: Int64(index) * 1000) == nil) }
        #expect(tests.begin("more", at: 100_000) == 500)
        #expect(tests.begin("more", from: "192.0.2.2", at: 100_000) == nil)
        #expect(tests.begin("later", at: 599_999) == 1)
        // The first has expired.
        #expect(tests.begin("later", at: 600_000) == nil)
        #expect(tests.begin("latest", at: 600_000) == 1)
    }

    @Test func devices_thatWereAnswered_doNotCount_andAreForgotten() {
        var tests = self
        for index in 0..<2000 {
            #expect(tests.begin("\(index)", at: 1) == nil)
            #expect(tests.authorizations.decide(.denied, Self.code("\(index)"), now: 1) == true)
        }
        #expect(tests.authorizations.count <= 2 * HubLimits().pendingDevices + 2)
        // A login that waits, or was allowed and is not yet heard of, is never among the forgotten.
        #expect(tests.authorizations.request(code, now: 1) == Self.request)
    }

    @Test func devices_ofAllAddresses_areTwoHundred_andExpiredOnesDoNotCount() {
        var tests = self
        // One of the two hundred is there already.
        for index in 0..<199 { #expect(tests.begin("\(index)", from: "192.0.2.\(index)", at: 10_000) == nil) }
        #expect(tests.begin("more", from: "198.51.100.1", at: 10_000) == 590)
        #expect(tests.begin("more", from: "198.51.100.1", at: 600_000) == nil)
        #expect(tests.begin("still more", from: "198.51.100.1", at: 600_000) == 10)
        #expect(tests.begin("again", from: "198.51.100.1", at: 610_000) == nil)
    }

    @Test func userCode_isReadAsPeopleWriteIt() {
        #expect(UserCode("BCDFGHJK") == code)
        #expect(UserCode(" bcdf ghjk ") == code)
        #expect("\(code)" == "BCDF-GHJK")
        for wrong in ["", "BCDF-GHJ", "BCDF-GHJKL", "ACDF-GHJK", "BCDF-GHJ1", "ⒷCDF-GHJK"] {
            #expect(UserCode(wrong) == nil)
        }
    }

    @Test func guesses_beyondTheLimit_waitUntilTheFirstIsAMinuteOld() {
        var limit = GuessLimit(perMinute: 2)
        #expect(limit.secondsToWait(now: 0) == nil)
        limit.guessedWrong(now: 0)
        limit.guessedWrong(now: 500)
        #expect(limit.secondsToWait(now: 1000) == 59)
        #expect(limit.secondsToWait(now: 59_999) == 1)
        #expect(limit.secondsToWait(now: 60_000) == nil)
    }
}
