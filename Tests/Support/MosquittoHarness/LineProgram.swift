import EventThread
import Files
import Glibc
import Synchronization
import TestKit

/// A program for one test whose lines can be awaited; killed with the last reference.
package final class LineProgram: Sendable {
    package struct StartError: Error, CustomStringConvertible {
        package let description: String
    }

    private struct State {
        var process: pid_t?
        var rest = ""
        var lines: [String] = []
        var hasEnded = false
    }

    private let output: Int32
    private let state: Mutex<State>

    /// Starts a program that is found on PATH, or by its whole path. Its standard output and error are read.
    package init(_ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw StartError(description: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)
        // Otherwise it keeps the connections of servers in this process open that close them. A number without an open
        // file is no error.
        for descriptor in STDERR_FILENO + 1..<ProcessFigures.numberAboveDescriptors() {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var argumentPointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers { free(pointer) } }
        var id = pid_t()
        let result = posix_spawnp(&id, arguments[0], &actions, nil, &argumentPointers, environ)
        guard result == 0 else {
            close(ends[0])
            throw StartError(description: "\(arguments[0]): \(String(cString: strerror(result)))")
        }
        output = ends[0]
        state = Mutex(State(process: id))
    }

    deinit {
        end(SIGKILL)
        close(output)
    }

    /// Sends a signal, and waits for the end of the program unless it only pauses or continues.
    package func end(_ signal: Int32) {
        state.withLock { state in
            guard let process = state.process else { return }
            kill(process, signal)
            waitpid(process, nil, 0)
            state.process = nil
        }
    }

    package func pause() { send(SIGSTOP) }

    package func goOn() { send(SIGCONT) }

    private func send(_ signal: Int32) {
        state.withLock { if let process = $0.process { _ = kill(process, signal) } }
    }

    /// Whether it has closed its output, as at its end.
    package var hasEnded: Bool {
        state.withLock { state in
            read(&state)
            return state.hasEnded
        }
    }

    /// Everything that was printed until now.
    package var lines: [String] {
        state.withLock { state in
            read(&state)
            return state.lines
        }
    }

    /// Returns the lines as soon as the condition holds, or when the program has ended or the task is cancelled.
    @discardableResult
    package func until(_ condition: @Sendable ([String]) -> Bool) async -> [String] {
        while true {
            let lines = lines
            if condition(lines) || state.withLock(\.hasEnded) || Task.isCancelled { return lines }
            await EventThread.shared.untilReadable(output)
        }
    }

    private func read(_ state: inout State) {
        while !state.hasEnded {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = Glibc.read(output, &bytes, bytes.count)
            if count < 0 { return }
            if count == 0 { state.hasEnded = true }
            state.rest += String(decoding: bytes.prefix(count), as: UTF8.self)
            var parts = state.rest.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            state.rest = parts.removeLast()
            state.lines += parts
        }
    }
}
