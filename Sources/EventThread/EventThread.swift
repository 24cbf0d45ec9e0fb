import CLinux
public import Glibc
import Synchronization

/// A thread that waits for sockets and for work at the same time, and is the executor of actors and tasks.
///
/// An actor that owns a socket and lives on such a thread is told of what arrives without a change of threads, and a C
/// library that must not be used from two threads is not. Where tasks prefer the same thread
/// (`withTaskExecutorPreference`) a small program runs on this one thread alone, and spares itself the wake-ups of others.
///
/// Whoever works on it must not block: that stands still for all.
public final class EventThread: SerialExecutor, TaskExecutor {
    /// Names what ``add(_:interest:ready:)`` added.
    public final class SourceID: Sendable, Hashable {
        public init() {}

        public static func == (left: SourceID, right: SourceID) -> Bool { left === right }
        public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
    }

    private struct Source: Sendable {
        let id: SourceID
        let interest: @Sendable (inout EventWait) -> Void
        let ready: @Sendable (ArraySlice<pollfd>) -> Void
    }

    private enum Work {
        case job(UnownedJob)
        case block(@Sendable () -> Void)
        case add(Source)
        case remove(SourceID)
    }

    private struct State {
        var work: [Work] = []
        /// Whether the thread waits, or is about to, and must be woken to look at its work.
        var isWaiting = false
        var isStopped = false
    }

    /// The program's own thread, which lives as long as the program.
    public static let shared = EventThread(name: "strapline")

    /// Work often makes more work at once. So many rounds of it are done before the sockets are looked at again: enough
    /// for what a message brings about, and no busy task keeps the sockets waiting for ever.
    private static let roundsOfWork = 32

    private let state = Mutex(State())
    /// An eventfd that ends the wait for the sockets.
    private let wakeDescriptor: Int32
    private let thread = Atomic<UInt>(0)

    /// Starts the thread, which keeps itself alive until ``stop()``. At most 15 bytes of the name are shown by `ps` and
    /// `top`.
    public init(name: String) {
        wakeDescriptor = clinux_eventfd()
        precondition(wakeDescriptor >= 0, "no eventfd: the process has run out of file descriptors")
        start(name)
    }

    deinit {
        close(wakeDescriptor)
    }

    /// Ends the thread after the work that is queued. Nothing may be enqueued afterwards.
    public func stop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    /// Asks `interest` before each wait what to wait for, and calls `ready` with the descriptors it named when one of them
    /// is ready, or when its time is over; both on this thread.
    public func add(
        _ id: SourceID, interest: @escaping @Sendable (inout EventWait) -> Void,
        ready: @escaping @Sendable (ArraySlice<pollfd>) -> Void
    ) {
        enqueue(.add(Source(id: id, interest: interest, ready: ready)))
    }

    /// Lets go of what ``add(_:interest:ready:)`` added.
    public func remove(_ id: SourceID) {
        enqueue(.remove(id))
    }

    /// Runs `block` on the thread, in order with all other work.
    public func perform(_ block: @escaping @Sendable () -> Void) {
        enqueue(.block(block))
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        enqueue(.job(UnownedJob(job)))
    }

    public func checkIsolated() {
        precondition(isCurrent, "not on the event thread")
    }

    private var isCurrent: Bool { pthread_equal(pthread_self(), thread.load(ordering: .relaxed)) != 0 }

    private func enqueue(_ work: Work) {
        let mustWake = state.withLock { state in
            state.work.append(work)
            defer { state.isWaiting = false }
            return state.isWaiting
        }
        if mustWake { wake() }
    }

    private func wake() {
        var one: UInt64 = 1
        write(wakeDescriptor, &one, MemoryLayout<UInt64>.size)
    }

    // MARK: The thread

    private func start(_ name: String) {
        let body = Unmanaged.passRetained(
            ThreadBody { [self] in
                thread.store(pthread_self(), ordering: .relaxed)
                clinux_name_current_thread(name)
                Self.ignoreBrokenPipes()
                run()
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

    /// Who writes to a connection that the peer has closed gets an error on this thread, and the program no signal that
    /// ends it: not every library asks for that itself.
    private static func ignoreBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private func run() {
        var sources: [Source] = []
        var wait = EventWait()
        while true {
            runWork(&sources)
            wait.begin(wakeDescriptor)
            for source in sources { wait.ask(source.interest) }
            let (hasWork, isStopped) = state.withLock { state in
                state.isWaiting = state.work.isEmpty
                return (!state.work.isEmpty, state.isStopped)
            }
            if isStopped && !hasWork { return }
            wait.wait(isBusy: hasWork)
            state.withLock { $0.isWaiting = false }
            if wait.isReady(wakeDescriptor) {
                var count: UInt64 = 0
                read(wakeDescriptor, &count, MemoryLayout<UInt64>.size)
            }
            for (index, source) in sources.enumerated() {
                if let descriptors = wait.answer(ofSource: index) { source.ready(descriptors) }
            }
        }
    }

    private func runWork(_ sources: inout [Source]) {
        for _ in 0..<Self.roundsOfWork {
            let work = state.withLock { state in
                var work: [Work] = []
                swap(&work, &state.work)
                return work
            }
            if work.isEmpty { return }
            for item in work {
                switch item {
                case .job(let job):
                    job.runSynchronously(
                        isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
                case .block(let block): block()
                case .add(let source): sources.append(source)
                case .remove(let id): sources.removeAll { $0.id == id }
                }
            }
        }
    }
}

/// Carries the thread's function through C.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}
