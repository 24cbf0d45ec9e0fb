import CardiogramAPI
import FoundationEssentials
import Outbox
import PulsoidAPI
import Synchronization
import TestKit
import Timing

/// Accepts Pulsoid's writes and Cardiogram's beats, and fails at random from a seed.
///
/// A strap is identified by its token at Pulsoid and by its user at Cardiogram: both are its name.
final class TorturedServer: Sendable {
    /// One heart rate: of a millisecond at Pulsoid, of a second at Cardiogram.
    struct Item: Sendable {
        let time: Int64
        let rate: Double
    }

    /// A request that the server has stored.
    struct Arrival: Sendable {
        let lane: Lane
        let life: Int
        let items: [Item]
        /// Whether the whole answer was sent. If not, the uploader cannot know that it was stored, and may send it
        /// again.
        let wasAnswered: Bool
    }

    enum Answer: String, CaseIterable {
        case saved
        case connectionReset, hang, serverError, tooManyRequests, halfARefusal
        case savedThenReset, savedThenHalfAnAnswer, savedThenHang

        /// The percentage. A hang blocks its lane until the client gives up or dies, so it is rare.
        fileprivate var weight: Int {
            switch self {
            case .saved: 60
            case .hang, .savedThenHang: 1
            case .savedThenReset, .savedThenHalfAnAnswer: 8
            case .connectionReset, .serverError, .halfARefusal: 6
            case .tooManyRequests: 4
            }
        }

        fileprivate static let all = allCases.flatMap { Array(repeating: $0, count: $0.weight) }
    }

    private struct State {
        var random: SplitMix64
        var fails = true
        var life = 0
    }

    let arrivals = Recorder<Arrival>()
    /// Every request, with any result.
    let answers = Recorder<Answer>()
    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(random: SplitMix64(seed: seed)))
    }

    /// Requests belong to this life of the uploader from now on.
    func begin(life: Int, fails: Bool) {
        state.withLock {
            $0.life = life
            $0.fails = fails
        }
    }

    func serve(_ connection: StubConnection) async throws {
        // Instead of a refused connection, which a running server cannot give.
        if draw({ $0.fails && Int.random(in: 0..<20, using: &$0.random) == 0 }) { return try await connection.reset() }
        while let request = try await connection.request() {
            let answer = draw { $0.fails ? Answer.all.randomElement(using: &$0.random) ?? .saved : .saved }
            answers.append(answer)
            try await give(answer, to: request, on: connection)
        }
    }

    private func give(_ answer: Answer, to request: StubRequest, on connection: StubConnection) async throws {
        let saved = StubAnswer.json(200, #"{"success": true}"#).text
        switch answer {
        case .saved:
            store(request, wasAnswered: true)
            try await connection.send(saved)
        case .savedThenReset:
            store(request, wasAnswered: false)
            try await connection.reset()
        case .savedThenHalfAnAnswer:
            store(request, wasAnswered: false)
            try await connection.send(String(saved.prefix(saved.count - 4)))
            try await connection.reset()
        case .savedThenHang:
            store(request, wasAnswered: false)
            try await connection.untilClosed()
        case .connectionReset: try await connection.reset()
        case .hang: try await connection.untilClosed()
        case .serverError: try await connection.answer(StubAnswer(500, body: "something is wrong"))
        case .halfARefusal:
            try await connection.send("HTTP/1.1 500 Stub\r\nContent-Length: 200\r\n\r\nhalf")
            try await connection.reset()
        case .tooManyRequests:
            let seconds = draw { Int.random(in: 0...1, using: &$0.random) }
            try await connection.answer(StubAnswer(429, headers: [("Retry-After", "\(seconds)")]))
        }
    }

    private func store(_ request: StubRequest, wasAnswered: Bool) {
        let body = Data(request.body.utf8)
        let life = draw { $0.life }
        if request.target == PulsoidPath.data {
            guard let message = try? JSONDecoder().decode(HeartRateMessage.self, from: body) else { return }
            let strap = request.header("Authorization")?.split(separator: " ").last.map(String.init) ?? ""
            let item = Item(time: message.measuredAtMilliseconds, rate: Double(message.heartRate))
            arrivals.append(
                Arrival(
                    lane: Lane(strap: strap, destination: "pulsoid"), life: life, items: [item],
                    wasAnswered: wasAnswered))
        } else {
            guard let beats = try? JSONDecoder().decode(BeatsRequest.self, from: body).beats else { return }
            let strap = request.target.split(separator: "/").dropLast().last.map(String.init) ?? ""
            arrivals.append(
                Arrival(
                    lane: Lane(strap: strap, destination: "cardiogram"), life: life,
                    items: beats.map { Item(time: $0.start, rate: $0.value) }, wasAnswered: wasAnswered))
        }
    }

    private func draw<Value>(_ body: (inout sending State) -> sending Value) -> Value {
        state.withLock(body)
    }
}
