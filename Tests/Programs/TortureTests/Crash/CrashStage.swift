import BlueZSimulator
import Outbox
import ProcessHarness
import Subprocess
import TestKit

/// `strapline run` between two simulated straps and a server that fails, killed many times.
struct CrashStage {
    static let straps = ["anna": "C4:11:22:33:44:55", "ben": "C4:11:22:33:44:66"]
    /// The size of a Cardiogram batch, small enough that a window shows errors of order and repetition.
    static let beatsPerRequest = 4

    static let lanes = straps.keys.flatMap { strap in
        ["pulsoid", "cardiogram"].map { Lane(strap: strap, destination: $0) }
    }

    let uploader: UploaderProcess
    let server: TorturedServer
    let beats: CountedBeats
    /// A crash of the program loses nothing with either durability.
    let durability: Durability
    private let bus: PrivateBus
    let shim: OutboxShim
    private let outputs: DeadOutputs?

    init(seed: UInt64, outputs: DeadOutputs? = nil) async throws {
        self.outputs = outputs
        server = TorturedServer(seed: seed)
        durability = seed.isMultiple(of: 2) ? .powerLoss : .processCrash
        bus = try PrivateBus()
        uploader = UploaderProcess(busAddress: bus.address)
        shim = try await OutboxShim()
        let simulator = try await Simulator.start(on: bus.address)
        for (name, address) in Self.straps { await simulator.add(SimulatedStrap(address: address, name: name)) }
        beats = CountedBeats(simulator)
    }

    func configure(port: Int, outboxOptions: String = "", pulsoidOptions: String = "") throws {
        try uploader.configure(
            straps: Self.straps, port: port, beatsPerRequest: Self.beatsPerRequest, durability: durability,
            outputs: outputs?.lines(folder: uploader.directory) ?? [], outboxOptions: outboxOptions,
            pulsoidOptions: pulsoidOptions)
    }

    /// Runs the uploader until the plan kills it.
    func live(_ plan: CrashPlan) async throws {
        var environment: [Environment.Key: String?] = [:]
        var most = CrashPlan.mostMeasurements
        var requests: Int?
        switch plan.kill {
        case .change(let side, let number):
            environment = shim.killing(side, change: number, of: uploader.outbox)
        case .measurements(let count): most = count
        case .requests(let count): requests = server.answers.all.count + count
        }
        let limit = most
        let lastRequest = requests
        try await beats.beginLife()
        try await uploader.whileRunning(environment) { running in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await beats.beat(limit) }
                if let lastRequest { group.addTask { await server.answers.until { $0.count >= lastRequest } } }
                try await group.next()
                group.cancelAll()
            }
            running.sendIfRunning(.kill)
        }
        await beats.endLife()
    }

    /// The outbox's readings by strap, in order of arrival.
    func readings() async throws -> [String: [Reading]] {
        let reader = try OutboxReader(path: uploader.outbox)
        var readings: [Reading] = []
        var position: Int64 = 0
        while let page = try await reader.history(after: position) {
            readings += page.entries.map(\.entry.reading)
            position = page.examinedThroughID
        }
        return Dictionary(grouping: readings, by: \.strap)
    }

    /// Runs the uploader without new measurements, until all of these readings have arrived.
    func deliver(until isDone: @escaping @Sendable ([TorturedServer.Arrival]) -> Bool) async throws {
        try await uploader.whileRunning { running in
            await server.arrivals.until(isDone)
            running.sendIfRunning(.terminate)
        }
    }
}
