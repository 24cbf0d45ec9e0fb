import CLinux
package import Glibc
import Synchronization

/// A thread that waits for sockets and for work at the same time, and is the executor of actors and tasks.
///
/// An actor with a socket gets its data on this thread without a thread switch. A C library that is not thread-safe is
/// used on one thread only. If all tasks prefer the same thread (`withTaskExecutorPreference`), a small program runs on
/// this thread alone and saves wake-ups of others.
///
/// Work on this thread must not block: it would stop all other work.
package final class EventThread: SerialExecutor, TaskExecutor {
    /// Identifies a source that ``add(_:interest:ready:)`` has added.
    package final class SourceID: Sendable, Hashable {
        package init() {}

        package static func == (left: SourceID, right: SourceID) -> Bool { left === right }
        package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
    }

    struct Source: Sendable {
        let id: SourceID
        let interest: @Sendable (inout PollSet) -> Void
        let ready: @Sendable (ArraySlice<pollfd>) -> Void
    }

    enum Work {
        case job(UnownedJob)
        case block(@Sendable () -> Void)
        case deferred(@Sendable () -> Void)
        case add(Source)
        case remove(SourceID)
        case sleep(Sleep)
        case cancel(CancellationToken)
        case stop

        var canWait: Bool {
            if case .deferred = self { true } else { false }
        }
    }

    /// The program's own thread, which lives as long as the program.
    package static let shared = EventThread(name: programName)
    private static var programName: String {
        CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "events"
    }

    let queue = Mutex(WorkQueue<Work>())
    /// How long work of ``performDeferred(_:)`` waits at the most.
    package let maximumDeferralMilliseconds: Int32
    /// An eventfd that ends the wait for the sockets.
    let wakeDescriptor: Int32
    private let thread = Atomic<UInt>(0)

    /// Starts the thread, which keeps itself alive until ``stop()``. At most 15 bytes of the name are shown by `ps` and
    /// `top`. The patience is longer than a strap takes from one reading to the next: while one beats, work that can
    /// wait never wakes the thread.
    package init(name: String, maximumDeferralMilliseconds: Int32 = 2000) {
        self.maximumDeferralMilliseconds = maximumDeferralMilliseconds
        wakeDescriptor = clinux_eventfd()
        precondition(wakeDescriptor >= 0, "no eventfd: the process has run out of file descriptors")
        start(name)
    }

    deinit {
        close(wakeDescriptor)
    }

    /// Ends the thread after the queued work. Sleeping tasks are woken with `CancellationError`. Enqueue nothing
    /// afterwards.
    package func stop() {
        enqueue(.stop)
    }

    /// Adds a source. Before each wait `interest` adds its descriptors and time limit. `ready` gets the descriptors if
    /// one of them is ready, or if the time is over. Both run on this thread.
    package func add(
        _ id: SourceID, interest: @escaping @Sendable (inout PollSet) -> Void,
        ready: @escaping @Sendable (ArraySlice<pollfd>) -> Void
    ) {
        enqueue(.add(Source(id: id, interest: interest, ready: ready)))
    }

    /// Removes a source that ``add(_:interest:ready:)`` has added.
    package func remove(_ id: SourceID) {
        enqueue(.remove(id))
    }

    /// Runs `block` on the thread, in order with all other work.
    package func perform(_ block: @escaping @Sendable () -> Void) {
        enqueue(.block(block))
    }

    /// Runs `block` with the next work on the thread, within ``maximumDeferralMilliseconds``, without waking the
    /// thread.
    package func performDeferred(_ block: @escaping @Sendable () -> Void) {
        enqueue(.deferred(block))
    }

    func add(_ sleep: Sleep) {
        // A thread that has ended wakes no sleeper.
        if !enqueue(.sleep(sleep)) { sleep.done.resume(throwing: CancellationError()) }
    }

    func cancel(_ token: CancellationToken) {
        enqueue(.cancel(token))
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        enqueue(.job(UnownedJob(job)))
    }

    package func checkIsolated() {
        precondition(isCurrent, "not on the event thread")
    }

    private var isCurrent: Bool { pthread_equal(pthread_self(), thread.load(ordering: .relaxed)) != 0 }

    /// False when the thread has ended.
    @discardableResult
    private func enqueue(_ work: Work) -> Bool {
        guard let mustWake = queue.withLock({ $0.append(work, canWait: work.canWait) }) else { return false }
        if mustWake { wake() }
        return true
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
                var loop = EventLoop(of: self)
                loop.run()
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

    /// Writing to a closed connection returns an error on this thread, instead of a signal that ends the program. Not
    /// every library requests that itself.
    private static func ignoreBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}

/// Carries the thread's function through C.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}

extension EventThread {
    /// Returns when the thread has done all earlier work, or when the task is cancelled. For a watchdog: a hung thread
    /// does not answer.
    package func ping() async {
        let (answer, answered) = AsyncStream.makeStream(of: Never.self)
        perform { answered.finish() }
        for await _ in answer {}
    }

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
