import FoundationEssentials
import GRDB
import HeartRate
import Logging
import Outbox

/// A program that has readings of the past to deliver, and how its queue is filled with them.
struct BacklogKeeper: Sendable {
    enum Kind: Sendable {
        /// `requestsPerSecond` 0 is no limit.
        case pulsoid(requestsPerSecond: Int)
        case cardiogram
        /// The yardstick, which sends one reading after the other to Pulsoid's API.
        case c
    }

    var name: String
    var kind: Kind
    var program: String
    var readings: Int

    private static let readingsPerCommit = 5_000
    private static let lastBackMilliseconds: Int64 = 1_000

    /// Makes a queue in `folder` with one reading a second until now, all of them undelivered.
    func fill(_ folder: String) async throws {
        let database = folder + "/queue.sqlite"
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let times = (1...Int64(readings)).map { now - (Int64(readings) - $0) * 1000 - Self.lastBackMilliseconds }
        switch kind {
        case .c: try await fillYardstick(database, times)
        case .pulsoid: try await fillOutbox(database, times, destination: "pulsoid")
        case .cardiogram: try await fillOutbox(database, times, destination: "cardiogram")
        }
    }

    func process(in folder: String, port: Int, busAddress: String) throws -> UploaderProcess {
        let database = folder + "/queue.sqlite"
        let url = "http://127.0.0.1:\(port)"
        var commandLine = [program, Contestant.strapAddress, database, url]
        if let configuration = configuration(database: database, url: url) {
            let config = folder + "/strapline.yaml"
            try configuration.write(toFile: config, atomically: false, encoding: .utf8)
            commandLine = [program, "run", "--config", config]
        }
        return UploaderProcess(
            commandLine: commandLine,
            environment: ["DBUS_SYSTEM_BUS_ADDRESS": busAddress, "PULSOID_TOKEN": Contestant.token])
    }

    // MARK: Queues

    private func fillOutbox(_ database: String, _ times: [Int64], destination: String) async throws {
        let outbox = try Outbox(
            path: database, lanes: [Lane(strap: "chest", destination: destination)],
            options: OutboxOptions(durability: .processCrash), logger: Logger(label: "fill"))
        var remaining = times[...]
        while !remaining.isEmpty {
            let next = remaining.prefix(Self.readingsPerCommit)
            remaining = remaining.dropFirst(next.count)
            try await outbox.append(
                next.map { time in
                    Reading(
                        strap: "chest",
                        measurement: HeartRateMeasurement(
                            beatsPerMinute: UInt16(60 + time / 1000 % 100), contact: .detected, rrIntervals: [820]),
                        measuredAtMilliseconds: time, bootMilliseconds: 0)
                })
        }
        try await outbox.close()
    }

    private func fillYardstick(_ path: String, _ times: [Int64]) async throws {
        let database = try DatabaseQueue(path: path)
        try await database.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE readings(
                      id INTEGER PRIMARY KEY AUTOINCREMENT, measured_at_ms INTEGER NOT NULL, packet BLOB NOT NULL,
                      heart_rate INTEGER);
                    """)
            for time in times {
                try db.execute(
                    sql: "INSERT INTO readings(measured_at_ms, packet, heart_rate) VALUES (?, x'0648', 72)",
                    arguments: [time])
            }
        }
        try database.close()
    }

    // MARK: Configuration

    private func configuration(database: String, url: String) -> String? {
        let destination: String
        var limit = 0
        switch kind {
        case .c: return nil
        case .pulsoid(let requestsPerSecond):
            destination = "- service: pulsoid"
            limit = requestsPerSecond
        case .cardiogram:
            destination = "- service: cardiogram\n        user_id: ben"
        }
        return """
            straps:
              - name: chest
                address: "\(Contestant.strapAddress)"
                destinations:
                  \(destination)
                    token_environment: PULSOID_TOKEN
            services:
              pulsoid:
                address: \(url)
                requests_per_second: \(limit)
              cardiogram:
                address: \(url)
            outbox:
              path: \(database)
            clock:
              wait_seconds: 0
            log:
              level: warning

            """
    }
}
