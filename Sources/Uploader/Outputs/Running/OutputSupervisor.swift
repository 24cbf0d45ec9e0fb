import ServiceLifecycle

/// The outputs that run at present, each of which can be stopped by itself, and others started.
package actor OutputSupervisor: Service {
    /// How long an output may take to say that there is no value any more.
    package static let stopLimit: Duration = .seconds(2)

    private let clock: any Clock<Duration>
    private var running: [String: RunningOutput] = [:]
    private var isEnding = false
    private let starts = AsyncStream.makeStream(of: RunningOutput.self)

    package init(clock: any Clock<Duration>) {
        self.clock = clock
    }

    /// Runs the started outputs until ``endAll()`` or cancellation, and returns at shutdown.
    package nonisolated func run() async {
        await withDiscardingTaskGroup { group in
            for await output in starts.stream { group.addTask { await output.run() } }
        }
        // A service that ends before the shutdown would end the others.
        try? await gracefulShutdown()
    }

    /// Before or while it runs. Of a name there is one at a time. An output that cannot be made fails, and is made
    /// again after a pause.
    package func start(_ feed: OutputFeed, _ make: @escaping @Sendable () throws -> any Output) {
        guard !isEnding else { return }
        let starting = RunningOutput(feed, make, clock: clock)
        running[feed.name] = starting
        starts.continuation.yield(starting)
    }

    /// Lets these outputs say that there is no value any more, and returns when they have ended.
    package func stop(_ names: [String], _ ending: OutputEnding) async {
        let stopping = names.compactMap { running.removeValue(forKey: $0) }
        await withTaskGroup(of: Void.self) { group in
            for output in stopping { group.addTask { await output.stop(ending) } }
        }
    }

    /// The program ends: each output says that there is no value any more. Does not wait for them.
    package func endAll() {
        isEnding = true
        for output in running.values { output.end(.programEnds) }
        starts.continuation.finish()
    }

    /// Of these outputs, in their order.
    package func statuses(of names: [String]) -> [OutputStatus] {
        names.compactMap { running[$0]?.feed.status }
    }
}

/// Ends the outputs when the program begins to stop, beside the straps and the deliveries and not after them.
package struct OutputEndingService: Service {
    private let supervisor: OutputSupervisor

    package init(_ supervisor: OutputSupervisor) {
        self.supervisor = supervisor
    }

    package func run() async {
        guard (try? await gracefulShutdown()) != nil else { return }
        await supervisor.endAll()
    }
}
