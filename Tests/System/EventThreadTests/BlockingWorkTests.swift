import EventThread
import Glibc
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct BlockingWorkTests {
    /// A reader that never opens its end keeps a write to a pipe waiting for ever, as a dead network disk does.
    @Test func perform_whenTheTaskIsCancelled_isGivenUp() async throws {
        let folder = TemporaryDirectory()
        let gate = folder.file("gate")
        #expect(mkfifo(gate, 0o600) == 0)
        let work = BlockingWork(name: "test")
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await work.perform { _ = open(gate, O_WRONLY | O_CLOEXEC) }
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            group.cancelAll()
            #expect(await group.next() == true)
        }
        close(open(gate, O_RDONLY | O_NONBLOCK | O_CLOEXEC))
    }

    @Test func perform_whenTheWorkFails_throwsItsError() async {
        struct Full: Error {}
        let work = BlockingWork(name: "test")
        await #expect(throws: Full.self) { try await work.perform { throw Full() } }
    }
}
