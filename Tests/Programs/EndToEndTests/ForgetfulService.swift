import FoundationEssentials
import PulsoidAPI
import TestKit

/// Accepts every reading of one user, as Pulsoid does, and shows all except one in the real-time stream.
struct ForgetfulService: Sendable {
    /// The number of readings that are shown before the missing one.
    private static let place = 10

    /// The user's token.
    let token: String
    let withheld = Recorder<HeartRateMessage>()
    let accepted = Recorder<HeartRateMessage>()

    func serve(_ connection: StubConnection) async throws {
        while let request = try await connection.request() {
            switch request.target {
            case PulsoidPath.data:
                let message = try JSONDecoder().decode(HeartRateMessage.self, from: Data(request.body.utf8))
                if request.header("Authorization") == "Bearer \(token)" { accepted.append(message) }
                try await connection.answer(StubAnswer(200))
            case PulsoidPath.validateToken:
                try await connection.answer(
                    .json(200, #"{"client_id":"c","expires_in":9999999,"profile_id":null,"scopes":[]}"#))
            case PulsoidPath.realTime:
                let start = accepted.all.count
                try await connection.upgradeToWebSocket(request)
                return try await show(from: start, connection)
            default: try await connection.answer(.json(404, "{}"))
            }
        }
    }

    private func show(from start: Int, _ connection: StubConnection) async throws {
        var next = start
        while !Task.isCancelled {
            let place = next
            await accepted.until { $0.count > place }
            for message in accepted.all.dropFirst(place) {
                if next == start + Self.place {
                    withheld.append(message)
                } else {
                    try await connection.send(StubFrame.text(message.text()))
                }
                next += 1
            }
        }
    }
}
