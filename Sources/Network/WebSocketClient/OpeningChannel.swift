import NIOCore
import Synchronization

/// The channel of a stream that is being opened, for those who may have to close it: the clock that bounds the opening,
/// and the task that cancels it.
final class OpeningChannel: Sendable {
    private struct State {
        var channel: (any Channel)?
        var timer: Scheduled<Void>?
        var hasTimedOut = false
        var isCancelled = false
        var outcome: WebSocketOpening.Outcome?
    }

    // Event loop, task and canceller come from three sides, and none may wait.
    private let state = Mutex(State())

    var hasTimedOut: Bool { state.withLock { $0.hasTimedOut } }
    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Closes the channel when the time is over, or at once when the opening was cancelled before.
    func opened(_ channel: any Channel, closeAfter limit: Duration) {
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) {
            self.state.withLock { $0.hasTimedOut = true }
            channel.close(promise: nil)
        }
        let isCancelled = state.withLock { state in
            state.channel = channel
            state.timer = timer
            return state.isCancelled
        }
        if isCancelled { channel.close(promise: nil) }
    }

    /// Remembers what the upgrade came to until it is ``taken()``: a connection that breaks at this very moment fails
    /// the upgrade all the same, and a wrapped channel that is dropped traps.
    func wrapped(_ outcome: WebSocketOpening.Outcome) -> WebSocketOpening.Outcome {
        state.withLock { $0.outcome = outcome }
        return outcome
    }

    func taken() {
        state.withLock { $0.outcome = nil }
    }

    /// The wrapped channel that was not taken.
    var outcome: WebSocketOpening.Outcome? { state.withLock { $0.outcome } }

    /// The stream is open, or refused: the time no longer counts.
    func settled() {
        state.withLock { $0.timer }?.cancel()
    }

    func cancel() {
        let channel = state.withLock { state in
            state.isCancelled = true
            return state.channel
        }
        channel?.close(promise: nil)
    }
}

extension WebSocketOpening.Outcome {
    /// Closes a channel that is not taken.
    func discard() async {
        switch self {
        case .open(let frames): try? await frames.executeThenClose { _, _ in }
        case .refused(let answer): try? await answer.executeThenClose { _, _ in }
        }
    }
}
