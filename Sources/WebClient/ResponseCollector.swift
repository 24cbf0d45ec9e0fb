import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Collects one answer of bounded size, and remembers whether its request left the machine.
///
/// A delegate rather than async-http-client's asynchronous interface: all of it happens on the event loop, the task that
/// waits is woken once, and it learns when the request leaves.
final class ResponseCollector: HTTPClientResponseDelegate {
    struct TooLarge: Error {}

    private struct State {
        var isOnItsWay = false
        var head: HTTPResponseHead?
        var body = ByteBuffer()
    }

    private let limitBytes: Int
    // Only the event loop writes; the lock is for the reader of `isOnItsWay`.
    private let state = Mutex(State())

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// Whether the server may have seen the request.
    var isOnItsWay: Bool { state.withLock { $0.isOnItsWay } }

    func didSendRequestHead(task: HTTPClient.Task<WebResponse>, _ head: HTTPRequestHead) {
        state.withLock { $0.isOnItsWay = true }
    }

    func didReceiveHead(task: HTTPClient.Task<WebResponse>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock { $0.head = head }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<WebResponse>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = state.withLock { state in
            guard state.body.readableBytes + part.readableBytes <= limitBytes else { return false }
            state.body.writeImmutableBuffer(part)
            return true
        }
        return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(TooLarge())
    }

    func didFinishRequest(task: HTTPClient.Task<WebResponse>) throws -> WebResponse {
        try state.withLock { state in
            guard let head = state.head else { throw HTTPClientError.remoteConnectionClosed }
            return WebResponse(head: head, body: state.body)
        }
    }
}
