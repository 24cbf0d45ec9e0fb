import ArgumentParser
import FoundationEssentials

/// What it costs that several hubs share one PostgreSQL.
struct ClusterBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Measures one hub on SQLite, and one and three hubs on one PostgreSQL, with the same load.")

    @Option(help: "The program strapline-hub.")
    var hub: String

    @Option(help: "The address of an empty database on a server whose commits wait for a second copy.")
    var database: String

    @Option(help: "The process of that server.")
    var postmaster: Int32

    @Option(help: "A folder, on a real disk, for the file of SQLite.")
    var folder: String

    @Option(help: "How long each load is measured.")
    var seconds = 10

    @Option(help: "Readers of one room, over all hubs.")
    var readers = 5000

    @Option(help: "Writes a second for the measurement of latency.")
    var pace = 5000

    @Option(help: "Writes the table here too.")
    var output: String?

    func run() async throws {
        try? FileManager.default.removeItem(atPath: folder + "/run")
        try FileManager.default.createDirectory(atPath: folder + "/run", withIntermediateDirectories: true)
        let single = try await BroadcastServer.hub(
            program: hub, database: folder + "/run/hub.sqlite", ports: [FreePort.take()])
        var ports: [Int] = []
        for _ in 0..<3 { ports.append(try await FreePort.take()) }
        let shared = try await BroadcastServer.hub(program: hub, database: database, ports: ports)
        let engine = PostgresMeter(postmaster: postmaster)
        var results: [ClusterResult] = []
        for (name, servers, meter) in [
            ("1 hub, SQLite", single, nil), ("1 hub, PostgreSQL", Array(shared.prefix(1)), engine),
            ("3 hubs, PostgreSQL", shared, engine),
        ] {
            print(name)
            let trial = ClusterTrial(
                name: name, servers: servers, engine: meter, seconds: seconds, readers: readers, pace: pace)
            results.append(try await trial.run())
        }
        let table = ClusterReport(results: results).markdown
        print("\n" + table)
        if let output { try table.write(toFile: output, atomically: true, encoding: .utf8) }
    }
}
