import CardiogramAPI
import FoundationEssentials
import PulsoidAPI
import TestKit

/// Both services for a day, with the plan's outages and a token that changes.
final class DayServer: Sendable {
    struct State: Sendable {
        var outage: DayPlan.Outage?
        var token = "first"
        var pulsoid: DayLedger
        var cardiogram: DayLedger
        var requests = 0
        var requestsFailed = 0
    }

    /// The time of the first reading: in the middle of a second, so that each second has one.
    static let firstMilliseconds: Int64 = 1_767_225_600_300

    let state: Watched<State>

    init(seconds: Int) {
        let empty = DayLedger(seconds: seconds)
        state = Watched(State(pulsoid: empty, cardiogram: empty))
    }

    /// The rate of a second's reading.
    static func rate(_ second: Int) -> Int { 60 + second % 100 }

    func serve(_ connection: StubConnection) async throws {
        while let request = try await connection.request() {
            let isAuthorised = { @Sendable (state: State) in
                request.header("Authorization")?.hasSuffix(" " + state.token) == true
            }
            let (outage, isKnown) = state.change { state in
                state.requests += 1
                let isKnown = isAuthorised(state)
                if state.outage != nil || !isKnown { state.requestsFailed += 1 }
                return (state.outage, isKnown)
            }
            switch outage {
            case .connectionsReset: return try await connection.reset()
            case .unavailable: try await connection.answer(StubAnswer(503))
            case .portal: try await connection.answer(.portal)
            case nil where !isKnown: try await connection.answer(.json(401, #"{"error_code": 7005}"#))
            case nil:
                store(request)
                try await connection.answer(.json(200, #"{"success": true}"#))
            }
        }
    }

    private func store(_ request: StubRequest) {
        let body = Data(request.body.utf8)
        let firstSecond = Self.firstMilliseconds / 1000
        if request.target == PulsoidPath.data {
            guard let message = try? JSONDecoder().decode(HeartRateMessage.self, from: body) else { return }
            let (second, rest) = (message.measuredAtMilliseconds - Self.firstMilliseconds)
                .quotientAndRemainder(dividingBy: 1000)
            let isRight = rest == 0 && message.heartRate == Self.rate(Int(second))
            state.change { $0.pulsoid.take(second: Int(second), isRight: isRight) }
        } else {
            guard let beats = try? JSONDecoder().decode(BeatsRequest.self, from: body).beats else { return }
            state.change { state in
                for beat in beats {
                    let second = Int(beat.start - firstSecond)
                    state.cardiogram.take(second: second, isRight: beat.value == Double(Self.rate(second)))
                }
            }
        }
    }
}
