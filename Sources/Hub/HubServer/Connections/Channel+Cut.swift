import NIOCore
import NIOSSL

extension Channel {
    /// Closes the connection at once. ``close()`` of a TLS connection says goodbye first, waits until the other side has done
    /// so too, and reads on until then: for a client that is cut off because it sends too much, that is too kind.
    func cut() {
        guard eventLoop.inEventLoop else {
            eventLoop.execute { self.cut() }
            return
        }
        if let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
            // From there on towards the socket: past the handler itself.
            tls.close(promise: nil)
        } else {
            close(promise: nil)
        }
    }
}
