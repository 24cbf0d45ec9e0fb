import EventThread
import Glibc
import Timing

/// One connection on a thread of its own: calls of any task run there one after the other, each by its deadline.
///
/// It does not connect again by itself. Call ``connect(to:within:)`` when it is not open.
package actor PostgresClient {
    private nonisolated let thread: EventThread
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    private var connection: PostgresConnection?

    /// At most 15 bytes of the name are shown by `ps` and `top`.
    package init(name: String) {
        thread = EventThread(name: name)
    }

    deinit {
        thread.stop()
    }

    package var isOpen: Bool { connection?.isOpen == true }

    /// Leaves the connection that it had. Blocks the thread.
    @discardableResult
    package func connect(
        to hosts: PostgresHosts, within limit: Duration = .seconds(2)
    ) throws(PostgresError) -> PostgresServerState {
        connection = nil
        let found = try hosts.connect(within: limit)
        connection = found
        return found.server
    }

    package func close() {
        connection = nil
    }

    /// Runs `body` on the thread, which it blocks.
    package func run<Value: Sendable>(_ body: @Sendable (PostgresConnection) throws -> Value) throws -> Value {
        guard let connection, connection.isOpen else { throw PostgresError(.closed) }
        return try body(connection)
    }

    /// Waits for notifications of the channels that the connection listens to. Returns none when the time is over or
    /// the task is cancelled. Other calls run while it waits.
    package func notifications(
        within limit: Duration, clock: any Clock<Duration> = ContinuousClock()
    ) async throws(PostgresError) -> [PostgresNotification] {
        let taken = try takeNotifications()
        guard taken.isEmpty else { return taken }
        await untilInput(within: limit, clock: clock)
        // Another call may have closed it.
        return isOpen ? try takeNotifications() : []
    }

    /// Waits until the server has sent something, and leaves it there. Returns as well when the time is over, the
    /// connection is closed or the task is cancelled. Take the notifications that have come before.
    package func untilInput(within limit: Duration, clock: any Clock<Duration> = ContinuousClock()) async {
        guard let socket = connection?.socket, socket >= 0 else { return }
        let thread = thread
        _ = try? await withTimeout(limit, clock: clock) { await thread.untilReadable(socket) }
    }

    private func takeNotifications() throws(PostgresError) -> [PostgresNotification] {
        guard let connection, connection.isOpen else { throw PostgresError(.closed) }
        return try connection.takeNotifications()
    }
}
