import Dispatch

/// Lets the thread that libFuzzer calls from wait for a task.
struct Semaphore: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func signal() { semaphore.signal() }
    func wait() { semaphore.wait() }
}
