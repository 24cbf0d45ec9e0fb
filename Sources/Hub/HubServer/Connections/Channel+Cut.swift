import NIOCore
import NIOSSL

extension Channel {
    /// Closes the connection at once. `close()` of a TLS connection waits for the other side's goodbye, and reads on
    /// until then. That is wrong for a client that sends too much.
    func cut() {
        guard eventLoop.inEventLoop else {
            eventLoop.execute { self.cut() }
            return
        }
        if let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
            // From there towards the socket, past the handler itself.
            tls.close(promise: nil)
        } else {
            close(promise: nil)
        }
    }
}
