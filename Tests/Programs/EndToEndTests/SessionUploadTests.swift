import FoundationEssentials
import HeartRate
import Logging
import Outbox
import ProcessHarness
import Subprocess
import SystemPackage
import TestKit
import Testing

/// Uploads of sessions by `strapline run`, which is killed while one is under way.
@Suite(.timeLimit(.minutes(10))) struct SessionUploadTests {
    private let folder = TemporaryDirectory()
    private var outbox: String { folder.file("outbox.sqlite") }
    private var configuration: String { folder.file("strapline.yaml") }

    private func program(_ bus: PrivateBus) -> ProgramRunner {
        ProgramRunner.strapline(
            in: folder,
            environment: .inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": bus.address, "HOME": folder.path]))
    }

    /// A session of an earlier boot.
    private func wear() async throws {
        let outbox = try Outbox(
            path: outbox, lanes: [], time: ManualTime(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let readings = (0..<200).map { second in
            Reading(
                strap: "anna", measurement: HeartRateMeasurement(beatsPerMinute: 70, rrIntervals: [878]),
                measuredAtMilliseconds: 1_767_225_600_000 + Int64(second) * 1000,
                bootMilliseconds: Int64(second) * 1000)
        }
        try await outbox.append(readings)
        try await outbox.close()
    }

    private func configure(_ server: StubServer) throws {
        try PrivateFile.write("a-secret-key", to: FilePath(folder.file("key")))
        let yaml = """
            outbox: { path: "\(outbox)" }
            clock: { wait_seconds: 0 }
            straps:
              - name: anna
                destinations: [{ service: http, address: "http://127.0.0.1:1/" }]
            sessions:
              - { service: intervals.icu, address: "\(server.url)", token_file: "\(folder.file("key"))" }

            """
        try PrivateFile.write(yaml, to: FilePath(configuration))
    }

    private func until(_ condition: (OutboxReader) async throws -> Bool) async throws {
        let reader = try OutboxReader(path: outbox)
        try await poll { try await condition(reader) }
    }

    private func run(
        _ program: ProgramRunner, _ body: @Sendable @escaping (ProgramRunner.Running) async throws -> Void
    ) async throws {
        try await program.serve(
            ["run", "--config", configuration], waitsForLine: false, mayCrash: true, body: body)
    }

    /// The service has the activity, or the connection ended before it had.
    @Test(arguments: [true, false])
    func kill_duringTheUpload_leavesTheSessionAtTheServiceOnce(hasArrived: Bool) async throws {
        try await wear()
        let bus = try PrivateBus()
        let requests = Recorder<StubRequest>()
        let isKilled = Watched(false)
        try await StubServer.run { connection in
            while let request = try await connection.request() {
                requests.append(request)
                guard isKilled.value else { return try await connection.untilClosed() }
                let id = request.target.split(separator: "external_id=").last?.prefix { $0 != "&" } ?? ""
                let first = requests.all[0].target.split(separator: "external_id=")[1].prefix { $0 != "&" }
                let known = hasArrived ? #"[{"id":"i7","external_id":"\#(first)"}]"# : "[]"
                #expect(request.method == "GET" || id == first)
                try await connection.answer(.json(200, request.method == "GET" ? known : #"{"id":"i8"}"#))
            }
        } during: { server in
            try configure(server)
            let program = program(bus)
            try await run(program) { running in
                try await until { try await !$0.sessionUploadCounts().isEmpty }
                await running.stop()
            }
            let asked = try await program.run(["session", "upload", "1", "--config", configuration])
            #expect(asked.output.hasPrefix("1 upload requested."), "\(asked)")
            try await run(program) { running in
                await requests.until { !$0.isEmpty }
                try running.kill()
            }
            isKilled.change { $0 = true }
            try await run(program) { running in
                try await until { try await $0.sessionUploads().first?.state == .uploaded }
                await running.stop()
            }
            let methods = requests.all.map(\.method)
            #expect(methods == (hasArrived ? ["POST", "GET"] : ["POST", "GET", "POST"]), "\(program.logText)")
            let list = try await program.run(["session", "uploads", "--json", "--config", configuration])
            #expect(list.output.contains(#""state":"uploaded""#), "\(list)")
            #expect(list.output.contains(hasArrived ? #""remote_id":"i7""# : #""remote_id":"i8""#), "\(list)")
            #expect(!program.logText.contains("a-secret-key"))
        }
    }
}
