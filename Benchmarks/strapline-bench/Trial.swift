import FoundationEssentials

/// One run of one program through all phases, with a strap, a sink and a database of its own.
struct Trial: Sendable {
    var contestant: Contestant
    var plan: [PlannedPhase]
    /// The folder of the program's files; it is emptied first.
    var folder: String
    /// The bus that stands for the system bus.
    var busAddress: String

    /// How long a program may take until it listens to the strap.
    static let startLimit: Duration = .seconds(30)

    func run() async throws -> TrialResult {
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        do {
            return try await Sink.running { sink in
                try await BenchStrap.running(address: Contestant.strapAddress, busAddress: busAddress) { strap in
                    try await measure(strap: strap, sink: sink)
                }
            }
        } catch {
            throw BenchError("\(contestant.name): \(error)")
        }
    }

    private func measure(strap: BenchStrap, sink: Sink) async throws -> TrialResult {
        let command = try contestant.prepared(in: folder, port: sink.port)
        return try await UploaderProcess(commandLine: command, environment: environment).running { meter in
            try await strap.waitForSubscriber(within: Self.startLimit)
            var runner = PhaseRunner(strap: strap, arrivals: sink.arrivals, meter: meter)
            var results: [PhaseResult] = []
            for phase in plan { results.append(try await runner.run(phase)) }
            return TrialResult(contestant: contestant.name, phases: results, complaint: runner.check.complaint)
        }
    }

    private var environment: [String: String] {
        ["DBUS_SYSTEM_BUS_ADDRESS": busAddress, "PULSOID_TOKEN": Contestant.token]
    }
}
