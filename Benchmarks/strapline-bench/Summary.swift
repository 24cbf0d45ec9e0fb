/// One program's figures over all rounds.
struct Summary: Sendable {
    var name: String
    private let trials: [TrialResult]

    init(name: String, trials: [TrialResult]) {
        self.name = name
        self.trials = trials
    }

    /// Microseconds; the median of the rounds.
    func cpuPerReading(_ phase: String) -> Double? {
        results(phase).map(\.cpuMicrosecondsPerReading).median
    }

    /// Microseconds; the median of the rounds' percentiles.
    func latency(_ phase: String, percentile: Double) -> Double? {
        results(phase).compactMap { $0.latencies.percentile(percentile)?.microseconds }.median
    }

    /// On the way to the last reading, with the number of readings that the program had had by then.
    var memory: [(readings: Int, memory: Memory)] {
        var readings = 0
        return (trials.last?.phases ?? []).compactMap { phase in
            readings += phase.readings
            return phase.name == Plan.onTheWay ? (readings, phase.memory) : nil
        }
    }

    var complaints: [String] { trials.compactMap(\.complaint) }

    private func results(_ phase: String) -> [PhaseResult] {
        trials.flatMap(\.phases).filter { $0.name == phase }
    }
}
