import Testing

@testable import Hub

/// RFC 8628 without clock or network.
struct DeviceAuthorizationsTests {
    private static let request = DeviceAuthorizations.Request(
        client: Client(id: "overlay", name: "Overlay", isConfidential: false), scopes: ["data:heart_rate:read"])
    private static let device = TokenHash(of: "device")

    private var authorizations = DeviceAuthorizations(limits: HubLimits())
    private let code: UserCode

    init() throws {
        code = try #require(UserCode("bcdf-ghjk"))
        #expect(authorizations.begin(Self.request, deviceCode: Self.device, userCode: code, now: 0) == true)
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
        #expect(tests.authorizations.decide(.allowed(userID: 7), code, now: 1000) == true)
        #expect(tests.ask(at: 3) == .allowed(Self.request, userID: 7))
        #expect(tests.ask(at: 6) == .used)
        tests.authorizations.putBack(Self.device)
        #expect(tests.ask(at: 7) == .allowed(Self.request, userID: 7))
    }

    @Test func device_whenDenied_isTold_andTheAnswerStands() {
        var tests = self
        #expect(tests.authorizations.decide(.denied, code, now: 1000) == true)
        #expect(tests.authorizations.decide(.allowed(userID: 7), code, now: 1000) == false)
        #expect(tests.ask(at: 3) == .denied)
    }

    @Test func device_whenTheTimeIsOver_hasExpired_andIsForgottenLater() {
        var tests = self
        #expect(tests.ask(at: 599) == .pending)
        #expect(tests.authorizations.request(code, now: 599_999) == Self.request)
        #expect(tests.authorizations.request(code, now: 600_000) == nil)
        #expect(tests.authorizations.decide(.allowed(userID: 7), code, now: 600_000) == false)
        #expect(tests.ask(at: 600) == .expired)
        // Its code may be given again once it is forgotten.
        let other = TokenHash(of: "other")
        #expect(
            tests.authorizations.begin(Self.request, deviceCode: other, userCode: code, now: 1_199_999) == false)
        #expect(
            tests.authorizations.begin(Self.request, deviceCode: other, userCode: code, now: 1_200_000) == true)
        #expect(tests.ask(at: 1200) == .unknown)
    }

    @Test func device_whenAnotherClientAsks_isUnknown() {
        var tests = self
        #expect(tests.ask(at: 0, as: "other") == .unknown)
    }

    @Test func devices_whenTooManyWait_areRefused() {
        var tests = self
        var generator = SystemRandomNumberGenerator()
        let begun = (0..<HubLimits().pendingDevices).filter { index in
            tests.authorizations.begin(
                Self.request, deviceCode: TokenHash(of: "\(index)"), userCode: UserCode(using: &generator), now: 1)
        }
        #expect(begun.count == HubLimits().pendingDevices - 1)
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
