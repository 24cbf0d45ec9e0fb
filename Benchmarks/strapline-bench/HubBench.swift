import ArgumentParser
import FoundationEssentials

/// What the hub costs: accepted writes, deliveries to readers, idle readers.
struct HubBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "Measures strapline-hub beside nginx with nchan, which holds the same readers and keeps nothing.")

    @Option(help: "The program strapline-hub.")
    var hub: String

    @Option(help: "The program nginx.")
    var nginx = "nginx"

    @Option(help: "nginx's module nchan.")
    var nchan = "/usr/lib/nginx/modules/ngx_nchan_module.so"

    @Option(help: "A folder, on a real disk, for the servers' files.")
    var folder: String

    @Option(help: "How long each number of readers, and of writers, is measured.")
    var seconds = 10

    @Option(parsing: .upToNextOption, help: "Numbers of readers in one room.")
    var readers = [1, 100, 1000, 5000]

    @Option(parsing: .upToNextOption, help: "Numbers of connections that write at the same time.")
    var writers = [1, 16, 64]

    @Option(help: "Readers for the measurement of latency.")
    var latencyReaders = 1000

    @Option(help: "Writes the tables here too.")
    var output: String?

    func run() async throws {
        print("the disk: one block after the other")
        let syncs = try DiskYardstick(folder: folder).syncsPerSecond(for: .seconds(2))
        var results: [HubResult] = []
        for make in [hubServer, nchanServer] {
            try? FileManager.default.removeItem(atPath: folder + "/run")
            try FileManager.default.createDirectory(atPath: folder + "/run", withIntermediateDirectories: true)
            let server = try await make(folder + "/run")
            print(server.name)
            let trial = HubTrial(
                server: server, seconds: seconds, readers: readers, writers: writers, latencyReaders: latencyReaders)
            results.append(try await trial.run())
        }
        let table = HubReport(hub: results[0], yardstick: results[1], syncsPerSecond: syncs).markdown
        print("\n" + table)
        if let output { try table.write(toFile: output, atomically: true, encoding: .utf8) }
    }

    private func hubServer(_ folder: String) async throws -> BroadcastServer {
        try await .hub(program: hub, folder: folder, port: FreePort.take())
    }

    private func nchanServer(_ folder: String) async throws -> BroadcastServer {
        try .nchan(nginx: nginx, module: nchan, folder: folder, port: await FreePort.take())
    }
}
