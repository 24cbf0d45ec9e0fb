import HubStore
import NIOCore
import Timing

/// Passes the events of the database to the streams of every event loop: one hop for each event and loop, in the
/// order of commits.
struct StreamFanout: Sendable {
    private struct Lane: Sendable {
        let loop: any EventLoop
        let streams: NIOLoopBoundBox<EventLoopSubscribers>
    }

    private let lanes: [Lane]

    init(group: any EventLoopGroup, store: HubStore, metrics: HubMetrics) {
        lanes = group.makeIterator().map { loop in
            Lane(
                loop: loop,
                streams: .makeBoxSendingValue(EventLoopSubscribers(store: store, metrics: metrics), eventLoop: loop))
        }
    }

    func publish(_ event: HubEvent) {
        // A commit has an event `stored` of its own for new readings.
        if case .committed = event { return }
        forEach { $0.handle(event) }
    }

    func tick(now: Moment) {
        forEach { $0.tick(now: now) }
    }

    /// Closes all streams with 1012: their readers connect again, to another hub.
    func closeAll(reason: String) {
        forEach { $0.closeAll(reason: reason) }
    }

    /// The streams of a channel's event loop. Call it on that loop.
    func streams(on loop: any EventLoop) -> EventLoopSubscribers? {
        lanes.first { $0.loop === loop }?.streams.value
    }

    private func forEach(_ body: @escaping @Sendable (EventLoopSubscribers) -> Void) {
        for lane in lanes {
            lane.loop.execute { body(lane.streams.value) }
        }
    }
}
