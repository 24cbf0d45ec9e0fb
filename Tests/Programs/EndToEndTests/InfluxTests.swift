import BlueZSimulator
import FoundationEssentials
import HeartRate
import Logging
import Outbox
import ProcessHarness
import Subprocess
import SystemPackage
import TestKit
import Testing
import Timing
import UploaderStatus

/// `strapline run` with InfluxDB as the only destination.
@Suite(.timeLimit(.minutes(10)), .serialized) struct InfluxTests {
    private static let strap = "C4:11:22:33:44:55"
    private static let lane = Lane(strap: "chest", destination: "influxdb")
    private static let readingsOfADay = 86_400

    private let folder = TemporaryDirectory()

    private var outbox: String { folder.file("outbox.sqlite") }

    private func configure(_ address: String, _ options: String) throws -> String {
        let text = """
            outbox: { path: "\(outbox)" }
            clock: { wait_seconds: 0 }
            straps:
              - name: chest
                address: "\(Self.strap)"
                destinations: [{ service: influxdb, address: "\(address)", \(options) }]
            """
        return try PrivateFile.write(text, to: FilePath(folder.file("strapline.yaml")))
    }

    private func uploader(on bus: PrivateBus) -> ProgramRunner {
        ProgramRunner.strapline(
            in: folder, environment: .inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": bus.address]))
    }

    /// Stands in for InfluxDB 2, whose answers to lines it gives.
    @Test func run_writesEveryReading_asLinesOfABucket() async throws {
        let bus = try PrivateBus()
        let simulator = try await Simulator.start(on: bus.address)
        await simulator.add(SimulatedStrap(address: Self.strap, name: "H10"))
        let token = try PrivateFile.write("t0ken==", to: FilePath(folder.file("influx.token")))
        let answers = [StubAnswer(503, headers: [("Retry-After", "0")]), StubAnswer(204)]
        try await StubServer.run(answering: answers) { server, requests in
            let file = try configure(server.url, "org: home, bucket: health, token_file: \"\(token)\"")
            let uploader = uploader(on: bus)
            let checked = try await uploader.run(["check", "--config", file])
            #expect(checked.output.contains("points in the bucket health of home, up to 5000 in a request"))
            try await uploader.serve(["run", "--config", file], waitsForLine: false) { running in
                try await simulator.untilSubscribed(Self.strap)
                _ = await simulator.notify(Self.strap, count: 30)
                await requests.until { requests in Self.lines(in: requests.dropFirst()).count >= 30 }
                await running.stop()
            }
            let lines = Self.lines(in: requests.all.dropFirst())
            #expect(Set(lines).count == 30 && lines.allSatisfy { $0.hasPrefix("heart_rate,strap=chest,device=C4:11") })
            #expect(requests.all.allSatisfy { $0.target == "/api/v2/write?org=home&bucket=health&precision=ms" })
            #expect(requests.all.allSatisfy { $0.header("authorization") == "Token t0ken==" })
        }
    }

    @Test func check_ofAServerInTheNetwork_warnsThatOthersCanRead() async throws {
        let file = try configure("http://192.168.1.10:8086", "database: health")
        let checked = try await ProgramRunner.strapline(in: folder).run(["check", "--config", file])
        let text = checked.output + checked.error
        #expect(text.contains("not encrypted: the heart rate can be read"), "\(text)")
        #expect(!text.contains("strapline-hub"), "\(text)")
    }

    @Test(.enabled(if: InfluxServer.isThere, "run scripts/influxdb.sh"))
    func doctor_ofAnUnknownDatabase_saysHowToMakeIt() async throws {
        let bus = try PrivateBus()
        try await InfluxServer.run { server in
            let file = try configure(server.address, "database: health")
            let uploader = uploader(on: bus)
            let before = try await uploader.run(["doctor", "--config", file]).output
            #expect(before.contains("CREATE DATABASE \"health\""), "\(before)")
            try await server.query("CREATE DATABASE health")
            let after = try await uploader.run(["doctor", "--config", file]).output
            #expect(after.contains("\(server.address) answers"), "\(after)")
        }
    }

    /// A backlog of a day, delivered twice, as after the loss of the outbox's cursor.
    @Test(.enabled(if: InfluxServer.isThere, "run scripts/influxdb.sh"))
    func dayOfReadings_deliveredTwice_isThereOnce() async throws {
        let bus = try PrivateBus()
        _ = try await Simulator.start(on: bus.address)
        try await InfluxServer.run { server in
            try await server.query("CREATE DATABASE health")
            let file = try configure(server.address, "database: health")
            let day = Self.day()
            for _ in 0..<2 {
                try await fill(with: day)
                let begin = ContinuousClock.now
                try await uploader(on: bus).serve(["run", "--config", file], waitsForLine: false) { running in
                    try await untilDelivered(uploader(on: bus), file)
                    print("a day to InfluxDB, with the start of the program: \(ContinuousClock.now - begin)")
                    await running.stop()
                }
                #expect(try await server.count(in: "health") == Self.readingsOfADay)
            }
        }
    }

    private static func lines(in requests: some Sequence<StubRequest>) -> [Substring] {
        requests.flatMap { request in
            let isCompressed = request.header("content-encoding") == "gzip"
            let bytes = isCompressed ? (try? Gunzip.bytes(of: request.bytes)) ?? [] : request.bytes
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        }
    }

    /// Returns when no reading waits.
    private func untilDelivered(_ uploader: ProgramRunner, _ file: String) async throws {
        try await poll {
            let ended = try await uploader.run(["status", "--json", "--config", file])
            let report = try? JSONDecoder().decode(StatusReport.self, from: Data(ended.output.utf8))
            guard let report, !report.destinations.isEmpty else { return false }
            return report.destinations.allSatisfy { $0.waiting == 0 }
        }
    }

    private static func day() -> [Reading] {
        let now = KernelTime().now()
        return (0..<readingsOfADay).map { second in
            let ago = Int64(readingsOfADay - second) * 1000
            return Reading(
                strap: lane.strap,
                measurement: HeartRateMeasurement(
                    beatsPerMinute: UInt16(60 + second % 60), contact: .detected, rrIntervals: [853, 847]),
                measuredAtMilliseconds: now.wallMilliseconds - ago, bootMilliseconds: now.bootMilliseconds - ago)
        }
    }

    /// A new outbox, in which these readings wait.
    private func fill(with readings: [Reading]) async throws {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: outbox + suffix) }
        let logger = Logger(label: "outbox", factory: { _ in SwiftLogNoOpLogHandler() })
        let outbox = try Outbox(path: outbox, lanes: [Self.lane], logger: logger)
        for first in stride(from: 0, to: readings.count, by: 5000) {
            try await outbox.append(Array(readings[first..<min(first + 5000, readings.count)]))
        }
        try await outbox.close()
    }
}
