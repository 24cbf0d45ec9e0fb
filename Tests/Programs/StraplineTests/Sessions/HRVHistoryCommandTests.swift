import FoundationEssentials
import HeartRate
import Logging
import Outbox
import TestKit
import Testing

/// `strapline hrv history`, and the wellness page of intervals.icu.
@Suite(.timeLimit(.minutes(10))) struct HRVHistoryCommandTests {
    private let home = TemporaryDirectory()

    private func strapline(
        _ arguments: [String], state: String? = nil
    ) async throws -> (output: String, error: String, code: String) {
        let ended = try await StraplineProgram.run(
            arguments,
            [
                "HOME=\(home.path)", "XDG_STATE_HOME=\(state ?? "\(home.path)/state")", "STATE_DIRECTORY=",
                "TZ=Europe/Berlin", "STRAPLINE_CONFIG=",
            ])
        return (ended.output, ended.error, "\(ended.status)")
    }

    /// Measured at 2026-01-01 00:30 in Berlin, when it was yesterday in UTC.
    private func keepMeasurement(isReliable: Bool = true, rate: Int = 52, of strap: String = "anna") throws {
        let folder = home.file("state/strapline")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let line =
            #"{"artefact_share":0.01,"at":"2025-12-31T23:30:00.000Z","at_ms":1767223800000,"#
            + #""average_bpm":\#(rate),"gaps":0,"intervals":156,"#
            + #""pnn50_percent_of_differences":21.5,"reliable":\#(isReliable),"rmssd_ms":41.26,"#
            + #""sdnn_ms":63.04,"seconds":180,"strap":"\#(strap)"}"# + "\n"
        let path = folder + "/hrv.jsonl"
        let before = FileManager.default.contents(atPath: path) ?? Data()
        try (before + Data(line.utf8)).write(to: URL(filePath: path))
    }

    private func configure(_ server: StubServer, _ more: String = "") throws -> String {
        try Data("a-secret-key\n".utf8).write(to: URL(filePath: home.file("key")))
        let path = home.file("strapline.yaml")
        let yaml = """
            straps: [{ name: anna, destinations: [{ service: pulsoid, token_file: /t }] }]
            sessions:
              - { service: intervals.icu, address: "\(server.url)", token_file: "\(home.file("key"))" }
              - { service: folder, path: "\(home.path)" }

            """
        try Data((yaml + more).utf8).write(to: URL(filePath: path))
        return path
    }

    @Test func history_isListed() async throws {
        let empty = try await strapline(["hrv", "history"])
        #expect(empty.output == "No measurement yet: strapline hrv --for 3m\n", "\(empty)")
        try keepMeasurement()
        let list = try await strapline(["hrv", "history"])
        #expect(list.output.contains("2026-01-01 00:30:00  anna   3:00  52 bpm   41.3 ms  63.0 ms  21.5 %"), "\(list)")
        let json = try await strapline(["hrv", "history", "--json", "--strap", "anna"])
        #expect(json.output.contains(#""rmssd_ms":41.26"#), "\(json)")
        let none = try await strapline(["hrv", "history", "--json", "--strap", "ben"])
        #expect(none.output.isEmpty)
    }

    @Test func lastMeasurement_isSentToItsLocalDay() async throws {
        try keepMeasurement()
        try await StubServer.run(answering: [.json(503, ""), .json(200, "{}")]) { server, requests in
            let path = try configure(server)
            let arguments = ["hrv", "history", "--send", "intervals.icu", "--config", path]
            let failed = try await strapline(arguments)
            #expect(failed.code.contains("69") && failed.error.contains("not sent: "), "\(failed)")
            let sent = try await strapline(arguments)
            #expect(sent.code.contains("exited(0)") && sent.error.contains("sent to intervals.icu for 2026-01-01"))
            let request = requests.all[1]
            #expect(request.method == "PUT" && request.target == "/api/v1/athlete/0/wellness/2026-01-01")
            #expect(request.body.contains(#""hrv":41.3"#) && request.body.contains(#""restingHR":52"#))
            let folder = try await strapline(["hrv", "history", "--send", "folder", "--config", path])
            #expect(folder.code.contains("78") && folder.error.contains("is no intervals.icu"), "\(folder)")
            let unknown = try await strapline(["hrv", "history", "--send", "nowhere", "--config", path])
            #expect(unknown.code.contains("78") && unknown.error.contains("has no nowhere below `sessions`"))
        }
    }

    /// The account of one person never gets the heart of another.
    @Test func measurement_ofAnotherStrap_isNotSent() async throws {
        try keepMeasurement()
        try keepMeasurement(rate: 71, of: "ben")
        try await StubServer.run(answering: [.json(200, "{}")]) { server, requests in
            let path = home.file("two.yaml")
            let yaml = try String(contentsOfFile: configure(server), encoding: .utf8)
                .replacing("straps: [", with: "straps: [{ name: ben, address: 'C4:11:22:33:44:55' }, ")
                .replacing("service: intervals.icu,", with: "service: intervals.icu, strap: anna,")
            try Data(yaml.utf8).write(to: URL(filePath: path))
            let arguments = ["hrv", "history", "--send", "intervals.icu", "--config", path]
            let sent = try await strapline(arguments)
            #expect(sent.code.contains("exited(0)") && requests.all.count == 1, "\(sent)")
            #expect(requests.all[0].body.contains(#""restingHR":52"#))
            for command in [arguments, ["hrv", "--send", "intervals.icu", "--config", path]] {
                let ended = try await strapline(command + ["--strap", "ben"])
                #expect(ended.code.contains("64") && ended.error.contains("only measurements of the strap anna"))
            }
            #expect(requests.all.count == 1)
        }
    }

    /// A strap that is worn until the task is cancelled. A second takes as long as an append.
    private func wear(_ outbox: Outbox) async throws {
        var now: Int64 = 1_000_000
        while !Task.isCancelled {
            try await outbox.append(
                (0..<5).map { place in
                    Reading(
                        strap: "anna",
                        measurement: HeartRateMeasurement(
                            beatsPerMinute: 60, contact: .detected, rrIntervals: [1020 + UInt16(place)]),
                        measuredAtMilliseconds: 1_767_225_600_000 + now + place * 1000,
                        bootMilliseconds: now + place * 1000)
                })
            now += 5000
            await Task.yield()
        }
    }

    @Test func measurement_thatCannotBeKept_isSentAllTheSame() async throws {
        try await StubServer.run(answering: [.json(200, "{}")]) { server, requests in
            let path = home.file("outbox.sqlite")
            let config = try configure(server, "outbox: { path: \"\(path)\" }\n")
            let outbox = try Outbox(
                path: path, lanes: [], time: ManualTime(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let wearing = Task { try await wear(outbox) }
            let ended = try await strapline(
                ["hrv", "--for", "60s", "--send", "intervals.icu", "--config", config],
                state: "/dev/null")
            wearing.cancel()
            try await wearing.value
            #expect(ended.output.contains("RMSSD") && ended.error.contains("sent to intervals.icu"), "\(ended)")
            #expect(ended.error.contains("hrv.jsonl cannot be written"), "\(ended)")
            #expect(!ended.code.contains("exited(0)"))
            #expect(requests.all.count == 1)
        }
    }

    @Test func unreliableMeasurement_isNotSent() async throws {
        try keepMeasurement(isReliable: false)
        try await StubServer.run(answering: [.json(200, "{}")]) { server, requests in
            let ended = try await strapline([
                "hrv", "history", "--send", "intervals.icu", "--config", try configure(server),
            ])
            #expect(ended.code.contains("69") && ended.error.contains("not reliable"), "\(ended)")
            #expect(requests.all.isEmpty)
        }
    }
}
