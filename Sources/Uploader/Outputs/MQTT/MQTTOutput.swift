import EventThread
import MQTT
import Synchronization
import Timing

/// Publishes the present of straps at a broker, on one connection after another.
///
/// While there is no connection nothing is kept: the present is published when the next one is open.
final class MQTTOutput: Output {
    private struct State {
        /// The last one, whose thread may still be occupied.
        var connection: MQTTConnection?
        var lives = ConnectionLives()
    }

    private let settings: MQTTSettings
    private let context: OutputContext
    private let libraryName: String
    private let answerLimit: Duration
    private let jitter: @Sendable () -> Duration
    private let state = Mutex(State())

    /// `jitter` is the wait after a start of Home Assistant, so that not all devices announce themselves at once.
    init(
        _ settings: MQTTSettings, _ context: OutputContext, libraryName: String = MosquittoLibrary.name,
        answerLimit: Duration = MQTTConnection.answerLimit,
        jitter: @escaping @Sendable () -> Duration = { .milliseconds(Int.random(in: 0...2000)) }
    ) {
        self.settings = settings
        self.context = context
        self.libraryName = libraryName
        self.answerLimit = answerLimit
        self.jitter = jitter
    }

    func run(_ feed: OutputFeed) async throws {
        var publisher = MQTTPublisher(settings, version: context.version)
        // Without a connection there is nothing to clear.
        guard let first = await feed.next(), first.ending == nil else { return }
        publisher.take(first)
        var options = settings.connection
        options.will = publisher.will
        let connection = try MQTTConnection(
            options, MosquittoLibrary(name: libraryName), thread: context.thread, answerLimit: answerLimit)
        let earlier = state.withLock { state in
            defer { state.connection = connection }
            return state.connection
        }
        let pause = state.withLock(\.lives.pause)
        let session = MQTTSession(publisher, connection, feed, context, jitter: jitter)
        do {
            try await session.run { [context] in
                await earlier?.untilSettled()
                if pause > .zero { try await context.clock.sleep(for: pause) }
                try await connection.open(clock: context.clock)
            }
        } catch let failure as MQTTFailure {
            throw state.withLock { state in
                if let life = session.openMilliseconds { state.lives.end(afterMilliseconds: life) }
                return state.lives.explained(failure, clientID: settings.clientID)
            }
        }
    }
}
