import MQTT
import Testing

@testable import Outputs

@Suite struct ConnectionLivesTests {
    private static let lost = MQTTFailure(.connectionLost)

    @Test func connections_whenTheyEndSoonAgainAndAgain_pointToTheClientID() {
        var lives = ConnectionLives()
        for _ in 0..<2 { lives.end(afterMilliseconds: 500) }
        #expect(lives.pause == .zero)
        #expect(lives.explained(Self.lost, clientID: "strapline-1") == Self.lost)
        lives.end(afterMilliseconds: 500)
        #expect(lives.pause == .seconds(4))
        let explained = lives.explained(Self.lost, clientID: "strapline-1")
        #expect(explained.description.contains("strapline-1"))
        #expect(explained.description.contains("client_id"))
        for _ in 0..<20 { lives.end(afterMilliseconds: 500) }
        #expect(lives.pause == .seconds(60))
    }

    @Test func connections_whenOneLasts_areNoLongerSuspicious() {
        var lives = ConnectionLives()
        for _ in 0..<5 { lives.end(afterMilliseconds: 500) }
        lives.end(afterMilliseconds: ConnectionLives.shortMilliseconds)
        #expect(lives.pause == .zero)
    }

    @Test func failure_whenItIsAnother_isKept() {
        var lives = ConnectionLives()
        for _ in 0..<5 { lives.end(afterMilliseconds: 500) }
        let refused = MQTTFailure(.connectionRefused)
        #expect(lives.explained(refused, clientID: "c") == refused)
    }
}
