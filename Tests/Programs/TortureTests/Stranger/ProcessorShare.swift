import Glibc
import Subprocess

/// Half of the processors for the hub and the uploaders, the other half for the strangers: real strangers have machines
/// of their own. Only in `make torture`, which runs this test alone: it moves the whole process of the tests.
enum ProcessorShare {
    /// As `taskset --cpu-list` takes them; nil where all share all processors.
    private static let lists: (own: String, strangers: String)? = {
        let count = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        guard Torture.isFull, count > 1 else { return nil }
        return ("0-\(count / 2 - 1)", "\(count / 2)-\(count - 1)")
    }()

    /// The words before a command that run it on the strangers' processors.
    static let strangersPrefix: [String] = lists.map { ["taskset", "--cpu-list", $0.strangers] } ?? []

    /// Keeps the hub and this test, with all their threads, off the strangers' processors while `body` runs.
    static func withOwnProcessors<Result>(
        hub: Int32, _ body: () async throws -> Result
    ) async throws -> Result {
        guard let lists else { return try await body() }
        for process in [hub, getpid()] { try await move(process, to: lists.own) }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try await move(getpid(), to: "0-\(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) - 1)")
        return try result.get()
    }

    private static func move(_ process: Int32, to list: String) async throws {
        let moved = try await Subprocess.run(
            .name("taskset"), arguments: ["--all-tasks", "--cpu-list", "--pid", list, "\(process)"],
            input: .none, output: .discarded, error: .string(limit: 1000))
        guard moved.terminationStatus.isSuccess else {
            throw Refused(process: process, error: moved.standardError)
        }
    }

    private struct Refused: Error {
        let process: Int32
        let error: String
    }
}
