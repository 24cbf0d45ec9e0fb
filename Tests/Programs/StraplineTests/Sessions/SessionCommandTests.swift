import FoundationEssentials
import Glibc
import HeartRate
import Logging
import Outbox
import TestKit
import Testing

/// `session`, `export --format` and `hrv` as a process. With `STRAPLINE_RECORDINGS` the files stay in that folder, with
/// the RR intervals that were sent, for `make test-fit`.
@Suite(.timeLimit(.minutes(10))) struct SessionCommandTests {
    private let home = TemporaryDirectory()
    private var outbox: String { home.file("outbox.sqlite") }
    /// Long over: 2026-01-01T00:00:00Z.
    private let start: Int64 = 1_767_225_600_000

    private func strapline(
        _ arguments: [String], input: String = ""
    ) async throws -> (output: String, error: String, code: String) {
        let ended = try await StraplineProgram.run(
            arguments, ["HOME=\(home.path)", "TZ=Europe/Berlin", "STRAPLINE_CONFIG="], input: input)
        return (ended.output, ended.error, "\(ended.status)")
    }

    /// Keeps a workout of `seconds` with one packet a second, and returns its RR intervals in ms. Readings of `missing`
    /// seconds were not received; without contact in `off`.
    @discardableResult
    private func record(
        _ strap: String = "anna", from begin: Int64 = 0, seconds: Int64 = 900, missing: Range<Int64> = 0..<0,
        off: Range<Int64> = 0..<0, hasIntervals: Bool = true, seed: UInt64 = 1
    ) async throws -> [Int] {
        let outbox = try Outbox(
            path: outbox, lanes: [], time: ManualTime(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        outbox.keep(
            StrapDevice(manufacturer: "Polar Electro Oy", model: "H10", serialNumber: "A1B2C3D4", firmware: "3.1.1"),
            of: strap)
        var random = seed
        var beat = 0.0
        var sent: [Int] = []
        var readings: [Reading] = []
        for second in 0..<seconds {
            var intervals: [UInt16] = []
            while beat < Double(second + 1) * 1000 {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let interval = UInt16(500 + (random >> 33) % 120)
                beat += Double(interval) * 1000 / 1024
                intervals.append(interval)
            }
            guard !missing.contains(second) else { continue }
            let isOff = off.contains(second)
            if !isOff, hasIntervals { sent += intervals.map { (Int($0) * 1000 + 512) / 1024 } }
            readings.append(
                Reading(
                    strap: strap,
                    measurement: HeartRateMeasurement(
                        beatsPerMinute: isOff ? 0 : UInt16(105 + second % 20),
                        contact: isOff ? .notDetected : .detected, energyExpendedKilojoules: UInt16(second / 10),
                        rrIntervals: hasIntervals && !isOff ? intervals : []),
                    measuredAtMilliseconds: start + (begin + second) * 1000,
                    bootMilliseconds: 3_600_000 + (begin + second) * 1000))
        }
        try await outbox.append(readings)
        try await outbox.close()
        return sent
    }

    /// Keeps a file for the public decoders.
    private func keep(_ path: String, as name: String, sent: [Int]) throws {
        guard let folder = ProcessInfo.processInfo.environment["STRAPLINE_RECORDINGS"] else { return }
        let target = URL(filePath: folder + "/" + name)
        try Data(contentsOf: URL(filePath: path)).write(to: target)
        try JSONEncoder().encode(sent).write(to: URL(filePath: folder + "/" + name + ".sent.json"))
    }

    @Test func sessions_areListed_andShown() async throws {
        try await record(seconds: 900, missing: 300..<360)
        try await record("ben", from: 2_000, seconds: 300, hasIntervals: false)
        let list = try await strapline(["session", "list", "--outbox", outbox])
        #expect(
            list.output == """
                ID   STRAP  STARTED              LENGTH  AVERAGE  HIGHEST  STATE
                1    anna   2026-01-01 01:00:00  14:59   115 bpm  124 bpm  finished
                841  ben    2026-01-01 01:33:20  4:59    115 bpm  124 bpm  finished

                """, "\(list)")
        let one = try await strapline(["session", "list", "--strap", "ben", "--json", "--outbox", outbox])
        #expect(one.output.contains(#""id":841"#) && one.output.split(separator: "\n").count == 1, "\(one)")
        #expect(one.output.contains(#""started_at":"2026-01-01T00:33:20.000Z""#), "\(one)")
        let none = try await strapline(
            ["session", "list", "--since", "2026-01-01T03:00", "--outbox", outbox])
        #expect(none.output.hasPrefix("No session:"), "\(none)")
        let show = try await strapline(["session", "show", "1", "--outbox", outbox])
        #expect(show.output.contains("session 1 of anna: 2026-01-01 01:00:00 to 01:14:59, 14:59, finished"), "\(show)")
        #expect(show.output.contains("1 gap, 1:01 in all") && show.output.contains("RMSSD"), "\(show)")
        #expect(show.output.contains("device: Polar Electro Oy H10, serial number A1B2C3D4, firmware 3.1.1"), "\(show)")
        let last = try await strapline(["session", "show", "--outbox", outbox])
        #expect(last.output.contains("session 841 of ben") && last.output.contains("no RR intervals"), "\(last)")
        let json = try await strapline(["session", "show", "--strap", "anna", "--json", "--outbox", outbox])
        #expect(json.output.contains(#""gaps":1"#) && json.output.contains(#""rmssd_ms":"#), "\(json)")
    }

    @Test func session_thatIsNotThere_isReported() async throws {
        try await record(seconds: 60)
        for arguments in [["show"], ["show", "7"], ["export"]] {
            let ended = try await strapline(["session"] + arguments + ["--outbox", outbox])
            #expect(ended.code.contains("65") && ended.error.contains("there is no session"), "\(ended)")
        }
        let swapped = try await strapline(["session", "list", "--outbox", outbox, "--since", "1h", "--until", "2h"])
        #expect(swapped.code.contains("64") && swapped.error.contains("--since must be before"), "\(swapped)")
    }

    @Test func strapWithoutASession_isAnsweredWithTheOthers() async throws {
        try await record(seconds: 200)
        for command in [["list"], ["show"], ["export"]] {
            let ended = try await strapline(["session"] + command + ["--strap", "ana", "--outbox", outbox])
            #expect(ended.error.contains("no session of ana. There are sessions of: anna"), "\(ended)")
            #expect(ended.code.contains(command == ["list"] ? "exited(0)" : "65"), "\(ended)")
        }
    }

    /// Each account gets the sessions of its own person.
    @Test func uploads_onRequest_goToThePlacesOfTheirStrap() async throws {
        for strap in ["anna", "ben"] { try await record(strap, seconds: 200) }
        let file = try Outbox(
            path: outbox, lanes: [], time: ManualTime(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await file.declareSessionDestinations(["a", "b"])
        try await file.close()
        let config = home.file("strapline.yaml")
        let yaml = """
            straps: [{ name: anna, address: "C4:11:22:33:44:55" }, { name: ben, address: "C4:11:22:33:44:56" }]
            outbox: { path: "\(outbox)" }
            sessions:
              - { service: folder, name: a, strap: anna, path: "\(home.path)" }
              - { service: folder, name: b, strap: ben, path: "\(home.path)" }
            """
        try Data(yaml.utf8).write(to: URL(filePath: config))
        let foreign = try await strapline(["session", "upload", "1", "--to", "b", "--config", config])
        #expect(foreign.code.contains("64") && foreign.error.contains("only sessions of the strap ben go to b"))
        let one = try await strapline(["session", "upload", "1", "--config", config])
        #expect(one.output.hasPrefix("1 upload requested."), "\(one)")
        let all = try await strapline(["session", "upload", "--all", "--config", config])
        #expect(all.output.hasPrefix("1 upload requested."), "\(all)")
        let uploads = try await OutboxReader(path: outbox).sessionUploads()
        #expect(uploads.map { "\($0.strap) to \($0.destination)" } == ["anna to a", "ben to b"])
    }

    @Test(
        arguments: [
            ("plain", 0..<0, 0..<0), ("gap", 300..<330, 0..<0), ("off", 0..<0, 100..<104), ("start", 1..<20, 890..<900),
        ] as [(String, Range<Int64>, Range<Int64>)])
    func session_isExported_withEveryBeat(name: String, missing: Range<Int64>, off: Range<Int64>) async throws {
        let sent = try await record(seconds: 900, missing: missing, off: off)
        for format in ["fit", "tcx", "rr", "hrv-logger", "kubios", "csv", "json"] {
            let file = home.file("session.\(format)")
            let ended = try await strapline(
                ["session", "export", "1", "--format", format, "--output", file, "--outbox", outbox])
            #expect(ended.code.contains("exited(0)"), "\(ended)")
            var status = stat()
            #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
            let again = home.file("again.\(format)")
            _ = try await strapline(["session", "export", "--format", format, "--output", again, "--outbox", outbox])
            let bytes = try Data(contentsOf: URL(filePath: file))
            #expect(try Data(contentsOf: URL(filePath: again)) == bytes, "the same session gives the same \(format)")
            try keep(file, as: "\(name).\(format)", sent: sent)
        }
        let rr = try String(contentsOfFile: home.file("session.rr"), encoding: .utf8)
        #expect(rr.split(separator: "\n").compactMap { Int($0) } == sent)
        #expect(rr.contains("\n\n") == (name != "plain"))
    }

    @Test func export_toAHyphen_goesToStdout() async throws {
        try await record(seconds: 300)
        for command in [["session", "export"], ["export"]] {
            for format in ["rr", "csv"] {
                let arguments = command + ["--format", format, "--outbox", outbox]
                let plain = try await strapline(arguments)
                let hyphen = try await strapline(arguments + ["--output", "-"])
                #expect(!plain.output.isEmpty && hyphen.output == plain.output, "\(hyphen)")
            }
        }
    }

    @Test func export_ofATime_asAFile_isOfOneStrap() async throws {
        let sent = try await record(seconds: 900)
        try await record("ben", from: 2_000, seconds: 300, hasIntervals: false)
        let both = try await strapline(["export", "--format", "fit", "--outbox", outbox, "--output", home.file("x")])
        #expect(both.code.contains("64") && both.error.contains("anna, ben. Add --strap NAME"), "\(both)")
        let file = home.file("part.fit")
        let part = try await strapline([
            "export", "--format", "fit", "--strap", "anna", "--since", "2026-01-01T00:00:00Z", "--until",
            "2026-01-01T00:10:00Z", "--output", file, "--outbox", outbox,
        ])
        let count = try await intervals(sent)
        #expect(part.output == "\(file) has 600 heart rates, \(count) RR intervals, no gap.\n", "\(part)")
        let none = try await strapline(["export", "--format", "kubios", "--strap", "ben", "--outbox", outbox])
        #expect(none.code.contains("65") && none.error.contains("no RR intervals"), "\(none)")
        let empty = try await strapline(["export", "--format", "tcx", "--strap", "carl", "--outbox", outbox])
        #expect(empty.code.contains("65") && empty.error.contains("no heart rate"), "\(empty)")
        let csv = try await strapline(["export", "--strap", "ben", "--outbox", outbox])
        #expect(csv.output.split(separator: "\n").count == 301)
        let clash = try await strapline(["export", "--json", "--format", "fit", "--outbox", outbox])
        #expect(clash.code.contains("64") && clash.error.contains("Choose one format"), "\(clash)")
    }

    /// How many intervals the first ten minutes have: the csv says it.
    private func intervals(_ sent: [Int]) async throws -> Int {
        let csv = try await strapline(["export", "--strap", "anna", "--outbox", outbox])
        let rows = csv.output.split(separator: "\n").dropFirst()
        #expect(rows.reduce(0) { $0 + Self.count($1) } == sent.count)
        return rows.prefix(600).reduce(0) { $0 + Self.count($1) }
    }

    private static func count(_ row: Substring) -> Int {
        row.split(separator: ",", omittingEmptySubsequences: false).last?.split(separator: " ").count ?? 0
    }

    @Test func hrv_ofAFile_namesItsDefinitions() async throws {
        let text = (0..<40).map { $0.isMultiple(of: 2) ? "990" : "1010" }.joined(separator: "\n")
        let shown = try await strapline(["hrv", "-"], input: text)
        #expect(
            shown.output == """
                RR intervals: 40, 0 of them artefacts (0.0 %), 0 gaps
                RMSSD 20.0 ms, SDNN 10.1 ms, pNN50 0.0 % of the differences

                """, "\(shown)")
        let json = try await strapline(["hrv", "-", "--json", "--keep-artefacts"], input: text + "\n\n800\n")
        #expect(json.output.contains(#""stretches":2"#) && json.output.contains(#""rmssd_ms":20"#), "\(json)")
        let mistake = try await strapline(["hrv", "-"], input: "800\nbpm\n")
        #expect(mistake.code.contains("65") && mistake.error.contains("line 2"), "\(mistake)")
        let missing = try await strapline(["hrv", home.file("none.txt")])
        #expect(missing.code.contains("66") && missing.error.contains("No such file"), "\(missing)")
        // As a shell's `<(strapline session export --format rr)`.
        let pipe = try await strapline(["hrv", "/dev/stdin"], input: text)
        #expect(pipe.output == shown.output, "\(pipe)")
        let folder = try await strapline(["hrv", home.path])
        #expect(folder.code.contains("66") && folder.error.contains("Is a directory"), "\(folder)")
    }
}
