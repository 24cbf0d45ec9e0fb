import PulsoidAPI
import TestKit
import Testing
import Tokens

@testable import Pulsoid

/// The flow as a machine: no sockets, no clock.
@Suite struct DeviceLoginTests {
    private func login(expiresIn seconds: Int64 = 600, interval: Int64? = 3) -> DeviceLogin {
        DeviceLogin(
            DeviceAuthorization(
                deviceCode: "d", userCode: "u", verificationURI: "https://pulsoid.net", expiresInSeconds: seconds,
                intervalSeconds: interval), now: .zero)
    }

    @Test func start_asksAfterTheToldInterval_orFiveSeconds() {
        #expect(login().start() == .ask(after: .seconds(3)))
        #expect(login(interval: nil).start() == .ask(after: .seconds(5)))
        #expect(login(interval: 0).start() == .ask(after: .seconds(1)))
    }

    @Test func slowDown_addsFiveSeconds_andKeepsThem() {
        var login = login()
        #expect(login.handle(.pending, now: .seconds(3)) == .ask(after: .seconds(3)))
        #expect(login.handle(.slowDown, now: .seconds(6)) == .ask(after: .seconds(8)))
        #expect(login.handle(.pending, now: .seconds(14)) == .ask(after: .seconds(8)))
        #expect(login.handle(.slowDown, now: .seconds(22)) == .ask(after: .seconds(13)))
    }

    @Test func unavailable_doublesTheWaitUpToAMinute_andAnAnswerResetsIt() {
        var login = login(interval: 5)
        let waits = (0..<6).map { _ in login.handle(.unavailable(after: nil, reason: ""), now: .zero) }
        #expect(waits == [10, 20, 40, 60, 60, 60].map { .ask(after: .seconds($0)) })
        #expect(login.handle(.pending, now: .zero) == .ask(after: .seconds(5)))
        #expect(
            login.handle(.unavailable(after: .seconds(120), reason: ""), now: .zero) == .ask(after: .seconds(120)))
    }

    @Test func pending_whenTheNextQuestionWouldBeTooLate_ends() {
        var login = login(expiresIn: 10)
        #expect(login.handle(.pending, now: .seconds(6)) == .ask(after: .seconds(3)))
        guard case .fail(let error) = login.handle(.pending, now: .seconds(7)) else {
            Issue.record("went on")
            return
        }
        #expect(error.code == .expired)
    }

    @Test(arguments: [
        (TokenResponse.denied, LoginError.Code.denied), (.expired, .expired), (.rejected(reason: "no"), .rejected),
    ])
    func finalAnswers_end(answer: TokenResponse, code: LoginError.Code) {
        var login = login()
        guard case .fail(let error) = login.handle(answer, now: .zero) else {
            Issue.record("went on")
            return
        }
        #expect(error.code == code)
    }

    @Test func granted_finishes() throws {
        let token = StoredToken(access: try #require(AccessToken("a")))
        var login = login()
        #expect(login.handle(.granted(token), now: .seconds(9)) == .finish(token))
    }
}
