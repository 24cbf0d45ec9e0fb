import Testing
import Tokens

@testable import Pulsoid

/// The decisions as a machine: no sockets, no clock.
@Suite struct TokenRefreshTests {
    private let access: AccessToken
    private let refresh: AccessToken
    private var stored: StoredToken

    init() throws {
        access = try #require(AccessToken("access-1"))
        refresh = try #require(AccessToken("refresh-1"))
        stored = StoredToken(access: access, refresh: refresh, expiresAtSeconds: 10_000, clientID: "c")
    }

    private func decide(
        _ machine: TokenRefresh, refused: Bool = false, wall: Int64 = 0, now: Duration = .zero
    ) -> TokenRefresh.Decision {
        machine.decide(stored, refused: refused ? access : nil, wallSeconds: wall, now: now)
    }

    @Test func bareToken_isUsedWhateverHappens() {
        let machine = TokenRefresh()
        let bare = StoredToken(access: access)
        #expect(machine.decide(bare, refused: access, wallSeconds: 99_999, now: .zero) == .use(access))
    }

    @Test func token_isRenewedFiveMinutesBeforeItsEnd() {
        let machine = TokenRefresh()
        #expect(decide(machine, wall: 9_699) == .use(access))
        #expect(decide(machine, wall: 9_700) == .refresh(refresh))
    }

    @Test func refusedToken_isRenewed_butNotOneThatWasReplacedMeanwhile() throws {
        let machine = TokenRefresh()
        #expect(decide(machine, refused: true) == .refresh(refresh))
        let other = try #require(AccessToken("older"))
        #expect(machine.decide(stored, refused: other, wallSeconds: 0, now: .zero) == .use(access))
    }

    @Test func failure_holdsTheNextRefreshOff_andATokenThatMayStillBeGoodIsUsed() {
        var machine = TokenRefresh()
        machine.failed(reason: "down", retryAfter: .seconds(8), now: .seconds(100))
        #expect(decide(machine, wall: 9_999, now: .seconds(101)) == .use(access))
        #expect(decide(machine, refused: true, now: .seconds(101)) == .later(after: .seconds(7), reason: "down"))
        #expect(decide(machine, refused: true, now: .seconds(108)) == .refresh(refresh))
        #expect(machine.failuresInARow == 1)
        machine.succeeded(now: .seconds(108))
        #expect(machine.failuresInARow == 0)
    }

    @Test func renewedToken_thatIsNotTakenEither_isNotRenewedAgainForAMinute() {
        var machine = TokenRefresh()
        machine.succeeded(now: .seconds(100))
        #expect(decide(machine, refused: true, now: .seconds(159)) == .use(access))
        #expect(decide(machine, refused: true, now: .seconds(160)) == .refresh(refresh))
    }

    @Test func rejection_endsThatRefreshTokenAlone() throws {
        var machine = TokenRefresh()
        machine.rejected(refresh, reason: "gone")
        #expect(decide(machine, wall: 9_999, now: .seconds(999)) == .use(access))
        #expect(decide(machine, refused: true, now: .seconds(999)) == .ended(reason: "gone"))
        var replaced = stored
        let other = try #require(AccessToken("refresh-2") as AccessToken?)
        replaced.refresh = other
        #expect(
            machine.decide(replaced, refused: access, wallSeconds: 0, now: .seconds(999))
                == .refresh(other))
    }
}
