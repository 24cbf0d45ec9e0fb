import FoundationEssentials
import Glibc
import Synchronization

/// A real dbus-daemon for one test, at a socket in a temporary folder; killed with the last reference.
///
/// Keep it in a property of the suite: a local variable may be released after its last use.
///
/// A test may ``kill()`` it at any moment and ``start()`` it again at the same address.
package final class PrivateBus: Sendable {
    package struct StartError: Error, CustomStringConvertible {
        package let description: String
    }

    /// The address that clients connect to.
    package var address: String { "unix:path=" + directory.file("bus") }

    private let directory = TemporaryDirectory()
    /// The running daemon; nil when there is none.
    private let process = Mutex<pid_t?>(nil)

    /// Starts the daemon and returns once it listens.
    ///
    /// The bus denies messages to the service named in `denied`, as a system bus denies them to users outside of a
    /// group.
    package init(denying denied: String? = nil) throws {
        let denial = denied.map { "<deny send_destination=\"\($0)\"/>" } ?? ""
        let configuration = """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>session</type>
              <listen>\(address)</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
                \(denial)
              </policy>
              <limit name="auth_timeout">600000</limit>
              <limit name="max_match_rules_per_connection">10000</limit>
              <limit name="max_replies_per_connection">100000</limit>
            </busconfig>
            """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: directory.file("bus.conf")))
        try start()
    }

    deinit {
        kill()
    }

    /// Starts the daemon again after ``kill()``; does nothing while it runs.
    package func start() throws {
        try process.withLock { process in
            guard process == nil else { return }
            unlink(directory.file("bus"))
            process = try Self.spawn(configuration: directory.file("bus.conf"), log: directory.file("bus.log"))
        }
    }

    /// Kills the daemon (SIGKILL) and waits until it has ended.
    package func kill() {
        process.withLock { process in
            guard let id = process else { return }
            Glibc.kill(id, SIGKILL)
            waitpid(id, nil, 0)
            process = nil
        }
    }

    /// Stops the daemon without ending it (SIGSTOP), so that it answers nothing until ``resume()``.
    package func freeze() {
        process.withLock { if let id = $0 { _ = Glibc.kill(id, SIGSTOP) } }
    }

    package func resume() {
        process.withLock { if let id = $0 { _ = Glibc.kill(id, SIGCONT) } }
    }

    /// Returns once the daemon has printed its address: then it accepts connections.
    private static func spawn(configuration: String, log: String) throws -> pid_t {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw StartError(description: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // Otherwise it keeps the connections of servers in this process open that close them. A number without an open
        // file is no error.
        for descriptor in STDERR_FILENO + 1..<ProcessFigures.numberAboveDescriptors() {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        let arguments = [
            "dbus-daemon", "--config-file=\(configuration)", "--nofork", "--nosyslog", "--print-address=1",
        ]
        var argumentPointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers { free(pointer) } }
        var id = pid_t()
        let result = posix_spawnp(&id, "dbus-daemon", &actions, nil, &argumentPointers, environ)
        close(ends[1])
        guard result == 0 else { throw StartError(description: "dbus-daemon: \(String(cString: strerror(result)))") }
        var byte: UInt8 = 0
        while read(ends[0], &byte, 1) == 1 { if byte == UInt8(ascii: "\n") { return id } }
        waitpid(id, nil, 0)
        throw StartError(description: "dbus-daemon ended before it listened")
    }
}
