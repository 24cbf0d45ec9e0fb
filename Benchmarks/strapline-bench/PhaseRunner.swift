import Timing

/// Makes the strap beat, phase by phase, and notes the time of its readings and the cost of the program.
struct PhaseRunner: Sendable {
    private typealias Instant = ContinuousClock.Instant
    private typealias Traffic = (sentAt: [Instant], arrivals: [Arrival])

    let strap: BenchStrap
    let arrivals: AsyncStream<Arrival>
    let meter: ProcessMeter
    private(set) var check = SequenceCheck()
    private(set) var sent = 0

    /// How long the last readings of a phase may take: longer than any of the programs waits before it tries again.
    private static let patience: Duration = .seconds(20)
    /// The slowest rate at which a driven phase still goes on.
    private static let slowestPerSecond = 100
    /// After the last arrival the program still has to take the answer and to move its cursor.
    private static let settling: Duration = .milliseconds(200)

    init(strap: BenchStrap, arrivals: AsyncStream<Arrival>, meter: ProcessMeter) {
        self.strap = strap
        self.arrivals = arrivals
        self.meter = meter
    }

    mutating func run(_ planned: PlannedPhase) async throws -> PhaseResult {
        let before = try meter.cpu()
        let traffic = try await traffic(of: planned)
        try await Task.sleep(for: Self.settling)
        return PhaseResult(
            name: planned.name, readings: planned.readings, cpu: try meter.cpu() - before,
            latencies: settle(traffic), memory: try meter.memory())
    }

    private func traffic(of planned: PlannedPhase) async throws -> Traffic {
        let readings = planned.readings
        do {
            switch planned.phase {
            case .paced(let perSecond):
                let limit = Duration.seconds(readings) / perSecond + Self.patience
                return try await withTimeout(limit) { [self] in
                    try await paced(readings, every: .seconds(1) / perSecond)
                }
            case .driven(let underWay):
                let limit = Duration.seconds(readings) / Self.slowestPerSecond + Self.patience
                return try await withTimeout(limit) { [self] in try await driven(readings, underWay: underWay) }
            }
        } catch let timeout as TimedOut {
            throw BenchError("\(planned.name): not all of \(readings) readings arrived within \(timeout.after)")
        }
    }

    private func paced(_ readings: Int, every interval: Duration) async throws -> Traffic {
        async let sentAt = sendPaced(readings, every: interval)
        var arrived: [Arrival] = []
        for await arrival in arrivals {
            arrived.append(arrival)
            if arrived.count == readings { break }
        }
        return (try await sentAt, arrived)
    }

    private func sendPaced(_ readings: Int, every interval: Duration) async throws -> [Instant] {
        var sentAt: [Instant] = []
        let start = Instant.now
        for index in 0..<readings {
            try await Task.sleep(until: start + interval * index, tolerance: .zero)
            sentAt.append(try await send(index))
        }
        return sentAt
    }

    private func driven(_ readings: Int, underWay: Int) async throws -> Traffic {
        var sentAt: [Instant] = []
        var arrived: [Arrival] = []
        while sentAt.count < min(underWay, readings) { sentAt.append(try await send(sentAt.count)) }
        for await arrival in arrivals {
            arrived.append(arrival)
            if sentAt.count < readings { sentAt.append(try await send(sentAt.count)) }
            if arrived.count == readings { break }
        }
        return (sentAt, arrived)
    }

    /// Sends the phase's reading `index` and answers when.
    private func send(_ index: Int) async throws -> Instant {
        let now = Instant.now
        try await strap.notify(heartRate: SequenceCheck.heartRate(ofReading: sent + index))
        return now
    }

    private mutating func settle(_ traffic: Traffic) -> [Duration] {
        let latencies = traffic.arrivals.compactMap { arrival -> Duration? in
            guard let reading = check.note(heartRate: arrival.heartRate) else { return nil }
            let index = reading - sent
            return traffic.sentAt.indices.contains(index) ? arrival.at - traffic.sentAt[index] : nil
        }
        sent += traffic.sentAt.count
        return latencies
    }
}
