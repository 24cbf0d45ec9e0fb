import HubStore
import NIOCore
import Timing

/// Carries what the store tells to the streams of every event loop. One hop for each event and loop, however many readers
/// there are; every loop sees the events in the order in which they were committed.
struct StreamFanout: Sendable {
    private struct Lane: Sendable {
        let loop: any EventLoop
        let streams: NIOLoopBoundBox<LoopStreams>
    }

    private let lanes: [Lane]

    init(group: any EventLoopGroup, store: HubStore, metrics: HubMetrics) {
        lanes = group.makeIterator().map { loop in
            Lane(
                loop: loop,
                streams: .makeBoxSendingValue(LoopStreams(store: store, metrics: metrics), eventLoop: loop))
        }
    }

    func publish(_ event: HubEvent) {
        // What was committed is told by what was stored.
        if case .committed = event { return }
        forEach { $0.handle(event) }
    }

    func tick(now: Moment) {
        forEach { $0.tick(now: now) }
    }

    /// The streams of a channel; to be called on its event loop.
    func streams(on loop: any EventLoop) -> LoopStreams? {
        lanes.first { $0.loop === loop }?.streams.value
    }

    private func forEach(_ body: @escaping @Sendable (LoopStreams) -> Void) {
        for lane in lanes {
            lane.loop.execute { body(lane.streams.value) }
        }
    }
}
