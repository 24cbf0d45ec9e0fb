import FoundationEssentials
import Timing

/// A server that takes messages by HTTP and sends them to all its readers by WebSocket.
struct BroadcastServer: Sendable {
    /// How one connection writes.
    struct Writer: Sendable {
        var path: String
        /// The token, where the server asks for one.
        var token: String?
    }

    var name: String
    var commandLine: [String]
    var port: Int
    /// Where a reader of the room connects, with what it needs to be let in.
    var readPath: String
    /// Those who may write to the room; more connections take turns with them.
    var writers: [Writer]
    /// What a write carries: the number rises with each.
    var body: @Sendable (_ number: Int64) -> String
    /// Whether a child process does the work.
    var workerIsChild = false

    /// How long the server may take to start.
    private static let patience: Duration = .seconds(30)
    private static let pollInterval: Duration = .milliseconds(20)

    /// Runs the server for as long as `body` takes.
    func running<Result: Sendable>(
        _ body: @escaping @Sendable (ProcessMeter) async throws -> Result
    ) async throws -> Result {
        try await UploaderProcess(commandLine: commandLine, environment: [:]).running { process in
            let meter = try await withTimeout(Self.patience) {
                while true {
                    if await LoadGenerator.accepts(port: port), let meter = worker(of: process) { return meter }
                    try await Task.sleep(for: Self.pollInterval)
                }
            }
            return try await body(meter)
        }
    }

    private func worker(of process: ProcessMeter) -> ProcessMeter? {
        guard workerIsChild else { return process }
        let id = process.processID
        let children = try? String(contentsOfFile: "/proc/\(id)/task/\(id)/children", encoding: .utf8)
        return children?.split(separator: " ").first.flatMap { Int32($0) }.map(ProcessMeter.init)
    }
}
