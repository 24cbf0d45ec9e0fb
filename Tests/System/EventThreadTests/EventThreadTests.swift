import EventThread
import Glibc
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct EventThreadTests {
    /// An actor that lives on a thread.
    private actor Resident {
        nonisolated let thread: EventThread
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
        private(set) var visits: [pthread_t] = []

        init(on thread: EventThread) {
            self.thread = thread
        }

        func visit() {
            visits.append(pthread_self())
        }
    }

    /// Both ends of a pipe; closed with the last reference.
    private final class Pipe: Sendable {
        let input: Int32
        let output: Int32

        init() {
            var ends: [Int32] = [0, 0]
            precondition(pipe(&ends) == 0, "no pipe")
            (output, input) = (ends[0], ends[1])
        }

        deinit {
            close(input)
            close(output)
        }

        func write() {
            var byte: UInt8 = 1
            Glibc.write(input, &byte, 1)
        }

        func read() {
            var byte: UInt8 = 0
            Glibc.read(output, &byte, 1)
        }
    }

    private func withThread(_ body: (EventThread) async throws -> Void) async throws {
        let thread = EventThread(name: "test")
        defer { thread.stop() }
        try await body(thread)
    }

    @Test func actor_whenItsThreadIsNamed_runsThereAlways() async throws {
        try await withThread { thread in
            let resident = Resident(on: thread)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { await resident.visit() } }
            }
            #expect(await resident.visits.count == 100)
            #expect(Set(await resident.visits).count == 1)
        }
    }

    @Test func tasks_thatPreferTheThread_shareItWithItsActors() async throws {
        try await withThread { thread in
            let resident = Resident(on: thread)
            await resident.visit()
            let own = await resident.visits
            await withTaskExecutorPreference(thread) {
                await withTaskGroup(of: pthread_t.self) { group in
                    for _ in 0..<10 {
                        group.addTask {
                            await Task.yield()
                            return pthread_self()
                        }
                    }
                    for await thread in group { #expect([thread] == own) }
                }
            }
        }
    }

    @Test func source_whenItsDescriptorIsReady_isCalledOnTheThread() async throws {
        try await withThread { thread in
            let pipe = Pipe()
            let ready = Recorder<pthread_t>()
            let source = EventThread.SourceID()
            thread.add(source) { wait in
                wait.add(pipe.output, events: POLLIN)
            } ready: { descriptors in
                guard descriptors.first?.fd == pipe.output else { return }
                pipe.read()
                ready.append(pthread_self())
            }
            for _ in 0..<3 { pipe.write() }
            await ready.until { $0.count == 3 }
            thread.remove(source)
            let resident = Resident(on: thread)
            await resident.visit()
            #expect(Set(ready.all) == Set(await resident.visits))
            pipe.write()
            await resident.visit()
            #expect(ready.all.count == 3, "nothing comes after it was removed")
        }
    }

    @Test func write_toWhatIsClosed_isAnErrorAndNoSignal() async throws {
        try await withThread { thread in
            let errors = Recorder<Int32>()
            thread.perform {
                var ends: [Int32] = [0, 0]
                precondition(pipe(&ends) == 0, "no pipe")
                close(ends[0])
                var byte: UInt8 = 1
                errors.append(write(ends[1], &byte, 1) < 0 ? errno : 0)
                close(ends[1])
            }
            await errors.until { !$0.isEmpty }
            #expect(errors.all == [EPIPE])
        }
    }

    @Test func source_whenItsTimeIsOver_isCalledWithoutAnythingReady() async throws {
        try await withThread { thread in
            let over = Recorder<Bool>()
            let source = EventThread.SourceID()
            thread.add(source) { wait in
                wait.limit(milliseconds: 1)
            } ready: { descriptors in
                over.append(descriptors.isEmpty)
            }
            await over.until { $0.count >= 2 }
            thread.remove(source)
            #expect(!over.all.contains(false))
        }
    }

    @Test func source_whenWorkNeverEnds_isCalledAllTheSame() async throws {
        try await withThread { thread in
            let pipe = Pipe()
            let ready = Recorder<Int>()
            thread.add(EventThread.SourceID()) { wait in
                wait.add(pipe.output, events: POLLIN)
            } ready: { _ in
                pipe.read()
                ready.append(1)
            }
            await withTaskExecutorPreference(thread) {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { while !Task.isCancelled { await Task.yield() } }
                    pipe.write()
                    await ready.until { !$0.isEmpty }
                    group.cancelAll()
                }
            }
        }
    }

    @Test func work_whenItCanWait_runsInOrderWithAllOther() async throws {
        try await withThread { thread in
            let done = Recorder<Int>()
            for number in 0..<100 {
                if number % 3 == 0 {
                    thread.perform { done.append(number) }
                } else {
                    thread.performDeferred { done.append(number) }
                }
            }
            await thread.ping()
            #expect(done.all == Array(0..<100))
        }
    }

    @Test func work_whenItCanWaitAndNothingElseComes_runsAllTheSame() async throws {
        let thread = EventThread(name: "test", maximumDeferralMilliseconds: 1)
        defer { thread.stop() }
        let done = Recorder<Int>()
        for number in 1...100 {
            thread.performDeferred { done.append(number) }
            await done.until { $0.count == number }
        }
    }
}
