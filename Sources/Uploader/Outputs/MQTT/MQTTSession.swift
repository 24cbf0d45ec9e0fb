import MQTT
import Synchronization
import Timing

/// The work of an output on one connection.
final class MQTTSession: Sendable {
    private enum Event: Sendable {
        case update(OutputUpdate)
        /// The feed has ended without a last update.
        case end
        case opened
        case received(ReceivedMessage)
        case closed(any Error)
        /// The next value is due, at this time.
        case due(Int64)
        /// Home Assistant has started.
        case announce
    }

    /// It keeps nothing of a task that has ended: there is one each second.
    private typealias Group = ThrowingDiscardingTaskGroup<any Error>

    /// How long the broker may take to confirm the last messages.
    private static let farewellLimit: Duration = .seconds(1)
    /// When to look again whether the broker reads.
    private static let congestionMilliseconds: Int64 = 1_000

    private let publisher: MQTTPublisher
    private let connection: MQTTConnection
    private let feed: OutputFeed
    private let context: OutputContext
    private let jitter: @Sendable () -> Duration
    private let events: AsyncStream<Event>
    private let post: AsyncStream<Event>.Continuation
    private let openedAt = Mutex<Int64?>(nil)

    /// `publisher` has taken the first update of the feed.
    init(
        _ publisher: MQTTPublisher, _ connection: MQTTConnection, _ feed: OutputFeed, _ context: OutputContext,
        jitter: @escaping @Sendable () -> Duration
    ) {
        self.publisher = publisher
        self.connection = connection
        self.feed = feed
        self.context = context
        self.jitter = jitter
        (events, post) = AsyncStream.makeStream()
    }

    /// For how long the connection has been open; nil if it never was.
    var openMilliseconds: Int64? { openedAt.withLock { $0 }.map { now - $0 } }

    private var now: Int64 { context.time.now().bootMilliseconds }

    /// Returns after the last update; throws when the connection ends before. `open` connects.
    func run(_ open: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            group.addTask { [feed, post] in
                while let update = await feed.next() { post.yield(.update(update)) }
                post.yield(.end)
            }
            group.addTask { [connection, publisher, post] in
                do {
                    try await open()
                    for topic in publisher.subscriptions { try await connection.subscribe(topic) }
                    post.yield(.opened)
                    for await message in connection.received { post.yield(.received(message)) }
                    post.yield(.closed(await connection.failure ?? MQTTFailure(.connectionLost)))
                } catch {
                    post.yield(.closed(error))
                }
            }
            try await serve(&group)
        }
    }

    private func serve(_ group: inout Group) async throws {
        var publisher = publisher
        var timer: Int64?
        var isAnnouncing = false
        for await event in events {
            switch event {
            case .update(let update):
                publisher.take(update)
                if let ending = update.ending { return await end(publisher, ending) }
            case .end: return await connection.close()
            case .opened:
                openedAt.withLock { $0 = now }
                publisher.announceAgain()
            case .received(let message):
                if publisher.isBirth(message), !isAnnouncing {
                    isAnnouncing = true
                    sleep(jitter(), then: .announce, &group)
                }
                publisher.take(message)
            case .closed(let error): throw error
            case .due(let at): if timer == at { timer = nil }
            case .announce:
                isAnnouncing = false
                publisher.announceAgain()
            }
            guard await connection.isOpen else { continue }
            let isFlowing = try await publish(&publisher)
            guard let due = publisher.nextDue(after: now) else { continue }
            let next = isFlowing ? due : now + Self.congestionMilliseconds
            // A beat may be due before the value that is waited for.
            if let timer, timer <= next { continue }
            timer = next
            sleep(.milliseconds(max(1, next - now)), then: .due(next), &group)
        }
    }

    /// Publishes everything that is due. Returns whether the broker reads.
    private func publish(_ publisher: inout MQTTPublisher) async throws -> Bool {
        let isFlowing = await connection.isFlowing
        let messages = publisher.messages(at: now, isFlowing: isFlowing)
        for message in messages { try await connection.publish(message) }
        if !messages.isEmpty { feed.sent() }
        return isFlowing
    }

    /// Says that there is no value any more, and lets the broker confirm it.
    private func end(_ publisher: MQTTPublisher, _ ending: OutputEnding) async {
        var publisher = publisher
        if await connection.isOpen, (try? await publish(&publisher)) != nil {
            for message in publisher.farewell(ending) { try? await connection.publish(message) }
            try? await withTimeout(Self.farewellLimit, clock: context.clock) { [connection] in
                await connection.untilConfirmed()
            }
        }
        await connection.close()
    }

    private func sleep(_ wait: Duration, then event: Event, _ group: inout Group) {
        group.addTask { [context, post] in
            guard (try? await context.clock.sleep(for: wait)) != nil else { return }
            post.yield(event)
        }
    }
}
