import Glibc
import Synchronization

/// The loop of an ``EventThread``, until it is stopped.
struct EventLoop: ~Copyable {
    /// Work often makes more work at once. This number of rounds is done before the sockets are polled again. It is
    /// enough for the work after a message, and a busy task does not keep the sockets waiting for ever.
    private static let roundsOfWork = 32

    private let thread: EventThread
    private var sources: [EventThread.Source] = []
    private var sleepingTasks = SleepingTasks()
    private var pollSet = PollSet()
    private var isStopped = false
    /// Whether work has come lately that can wait: until its time is over the thread looks for more by itself.
    private var hasDeferredWork = false

    init(of thread: EventThread) {
        self.thread = thread
    }

    mutating func run() {
        while true {
            runWork()
            pollSet.begin(thread.wakeDescriptor)
            sleepingTasks.prepare(&pollSet)
            for source in sources { pollSet.collect(source.interest) }
            switch thread.queue.withLock({ $0.beginWait(hasDeferredWork: hasDeferredWork, isStopped: isStopped) }) {
            case .no: pollSet.wait(atMostMilliseconds: 0)
            case .untilDeferredWorkIsDue: pollSet.wait(atMostMilliseconds: thread.maximumDeferralMilliseconds)
            case .untilWoken: pollSet.wait(atMostMilliseconds: -1)
            case nil: return
            }
            let hasWork = thread.queue.withLock { $0.endWait() }
            if pollSet.isTimeOver && !hasWork { hasDeferredWork = false }
            if pollSet.isReady(thread.wakeDescriptor) {
                var count: UInt64 = 0
                read(thread.wakeDescriptor, &count, MemoryLayout<UInt64>.size)
            }
            for (index, source) in sources.enumerated() {
                if let descriptors = pollSet.ready(source: index) { source.ready(descriptors) }
            }
        }
    }

    private mutating func runWork() {
        for _ in 0..<Self.roundsOfWork {
            let work = thread.queue.withLock { $0.takeAll() }
            if work.isEmpty { break }
            for item in work { run(item) }
        }
        if isStopped { sleepingTasks.cancelAll() }
    }

    private mutating func run(_ work: EventThread.Work) {
        switch work {
        case .job(let job):
            job.runSynchronously(
                isolatedTo: thread.asUnownedSerialExecutor(), taskExecutor: thread.asUnownedTaskExecutor())
        case .block(let block): block()
        case .deferred(let block):
            hasDeferredWork = true
            block()
        case .add(let source): sources.append(source)
        case .remove(let id): sources.removeAll { $0.id == id }
        case .sleep(let sleep): sleepingTasks.add(sleep)
        case .cancel(let token): sleepingTasks.cancel(token)
        case .stop: isStopped = true
        }
    }
}
