import Glibc

/// The descriptors and the time limit of the next wait of an ``EventThread``.
package struct PollSet: Sendable {
    private struct Interest {
        var descriptors: Range<Int>
        var timeoutMilliseconds: Int32
    }

    private var descriptors: [pollfd] = []
    /// The interests of the sources, in their order.
    private var interests: [Interest] = []
    private var timeoutMilliseconds: Int32 = -1
    /// Whether the last wait has ended because nothing came.
    private(set) var isTimeOver = false

    /// Waits for the events (`POLLIN`, `POLLOUT`) of a descriptor.
    package mutating func add(_ descriptor: Int32, events: Int32) {
        descriptors.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
    }

    /// Limits the wait. With 0 the time is over.
    package mutating func limit(milliseconds: Int32) {
        timeoutMilliseconds = Self.shorter(timeoutMilliseconds, max(milliseconds, 0))
    }

    /// Begins with nothing but the descriptor of the thread itself.
    mutating func begin(_ wakeDescriptor: Int32) {
        descriptors.removeAll(keepingCapacity: true)
        interests.removeAll(keepingCapacity: true)
        add(wakeDescriptor, events: POLLIN)
    }

    mutating func collect(_ interest: (inout PollSet) -> Void) {
        let first = descriptors.count
        timeoutMilliseconds = -1
        interest(&self)
        interests.append(Interest(descriptors: first..<descriptors.count, timeoutMilliseconds: timeoutMilliseconds))
    }

    /// Waits until something is ready, a source's time is over, or this long; -1 is no limit.
    mutating func wait(atMostMilliseconds limit: Int32) {
        let timeout = interests.reduce(limit) { Self.shorter($0, $1.timeoutMilliseconds) }
        let readyCount = poll(&descriptors, nfds_t(descriptors.count), timeout)
        isTimeOver = readyCount == 0 && timeout != 0
    }

    func isReady(_ wakeDescriptor: Int32) -> Bool {
        descriptors.first.map { $0.fd == wakeDescriptor && $0.revents != 0 } ?? false
    }

    /// The descriptors of a source, when one is ready or the source's time is over; else nil.
    func ready(source index: Int) -> ArraySlice<pollfd>? {
        let interest = interests[index]
        let found = descriptors[interest.descriptors]
        let isOver = interest.timeoutMilliseconds == 0 || isTimeOver && interest.timeoutMilliseconds > 0
        return isOver || found.contains { $0.revents != 0 } ? found : nil
    }

    /// The shorter of two time-outs, where -1 is none.
    private static func shorter(_ left: Int32, _ right: Int32) -> Int32 {
        if left < 0 { return right }
        return right < 0 ? left : min(left, right)
    }
}
