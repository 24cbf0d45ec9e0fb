import Glibc

extension EventThread {
    /// Returns when the descriptor can be read, or has failed, or the task is cancelled. The thread goes on meanwhile.
    public func untilReadable(_ descriptor: Int32) async {
        let id = SourceID()
        let (readiness, ready) = AsyncStream.makeStream(of: Never.self)
        add(id, interest: { $0.add(descriptor, events: POLLIN) }) { [self] descriptors in
            guard descriptors.contains(where: { $0.revents != 0 }) else { return }
            // Until it is read it stays readable, and would be told again and again.
            remove(id)
            ready.finish()
        }
        for await _ in readiness {}
        remove(id)
    }
}
