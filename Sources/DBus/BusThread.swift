import CDBus
import Glibc
import Synchronization

/// The one thread of a connection: it waits for the socket and for work at the same time, and it is the executor of the
/// actors that touch the connection. So libdbus is never used from two threads, a received message is decoded without
/// changing threads, and no thread of the cooperative pool is ever blocked by the bus.
final class BusThread: SerialExecutor {
    /// What to wait for besides work. A negative descriptor waits for nothing.
    struct Interest {
        var descriptor: Int32 = -1
        var events: Int32 = 0
        var timeoutMilliseconds: Int32 = -1
    }

    private enum Work {
        case job(UnownedJob)
        case block(@Sendable () -> Void)
    }

    private struct State {
        var work: [Work] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    /// An eventfd that ends the wait for the socket.
    private let wakeDescriptor: Int32
    private let thread = Atomic<UInt>(0)

    init() {
        wakeDescriptor = cdbus_eventfd()
        precondition(wakeDescriptor >= 0, "no eventfd: the process has run out of file descriptors")
    }

    deinit {
        close(wakeDescriptor)
    }

    /// Starts the thread, which keeps itself alive until ``stop()``. On it `interest` is asked before each wait, and
    /// `ready` called when the descriptor is ready or the time is over.
    func start(interest: @escaping @Sendable () -> Interest, ready: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(
            ThreadBody { [self] in
                thread.store(pthread_self(), ordering: .relaxed)
                cdbus_name_current_thread("dbus")
                run(interest: interest, ready: ready)
            })
        var handle = pthread_t()
        let result = pthread_create(
            &handle, nil,
            { context in
                if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        precondition(result == 0, "no thread: \(String(cString: strerror(result)))")
        pthread_detach(handle)
    }

    /// Ends the thread after the work that is queued. Nothing may be enqueued afterwards.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        enqueue(.job(UnownedJob(job)))
    }

    /// Runs `block` on the thread, in order with all other work.
    func perform(_ block: @escaping @Sendable () -> Void) {
        enqueue(.block(block))
    }

    func checkIsolated() {
        precondition(isCurrent, "not on the thread of the bus")
    }

    private func enqueue(_ work: Work) {
        let isFirst = state.withLock { state in
            state.work.append(work)
            return state.work.count == 1
        }
        // The thread itself looks at its work before it waits.
        if isFirst && !isCurrent { wake() }
    }

    var isCurrent: Bool { pthread_equal(pthread_self(), thread.load(ordering: .relaxed)) != 0 }

    private func wake() {
        var one: UInt64 = 1
        write(wakeDescriptor, &one, MemoryLayout<UInt64>.size)
    }

    private func run(interest: () -> Interest, ready: () -> Void) {
        while true {
            runWork()
            let interest = interest()
            let (hasWork, isStopped) = state.withLock { (!$0.work.isEmpty, $0.isStopped) }
            if isStopped && !hasWork { return }
            if wait(for: interest, hasWork: hasWork) { ready() }
        }
    }

    private func runWork() {
        while true {
            let work = state.withLock { state in
                var work: [Work] = []
                swap(&work, &state.work)
                return work
            }
            if work.isEmpty { return }
            for item in work {
                switch item {
                case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
                case .block(let block): block()
                }
            }
        }
    }

    /// Whether the descriptor is ready or the time is over, rather than there being work.
    private func wait(for interest: Interest, hasWork: Bool) -> Bool {
        var descriptors = [
            pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: interest.descriptor, events: Int16(interest.events), revents: 0),
        ]
        let readyCount = poll(&descriptors, nfds_t(descriptors.count), hasWork ? 0 : interest.timeoutMilliseconds)
        if descriptors[0].revents != 0 {
            var count: UInt64 = 0
            read(wakeDescriptor, &count, MemoryLayout<UInt64>.size)
        }
        return descriptors[1].revents != 0 || (readyCount == 0 && !hasWork)
    }
}

/// Carries the thread's function through C.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}
