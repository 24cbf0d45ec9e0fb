import Glibc

extension EventThread {
    /// Returns when the descriptor is readable or has failed, or when the task is cancelled. The thread is not blocked.
    package func untilReadable(_ descriptor: Int32) async {
        let id = SourceID()
        let (readiness, ready) = AsyncStream.makeStream(of: Never.self)
        add(id, interest: { $0.add(descriptor, events: POLLIN) }) { [self] descriptors in
            guard descriptors.contains(where: { $0.revents != 0 }) else { return }
            // It stays readable until it is read, and would be reported again and again.
            remove(id)
            ready.finish()
        }
        for await _ in readiness {}
        remove(id)
    }
}
