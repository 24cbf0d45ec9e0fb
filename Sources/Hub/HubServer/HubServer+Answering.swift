import HubStore
import NIOCore
import NIOPosix

/// For a watchdog: what hangs never returns.
extension HubServer {
    /// Returns when every event loop has come to it.
    package func eventLoopsAnswer() async {
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try? await loop.submit {}.get() }
    }

    /// Returns when the database has been read, or has failed to be.
    package func databaseAnswers() async {
        try? await store.checkReading()
    }
}
