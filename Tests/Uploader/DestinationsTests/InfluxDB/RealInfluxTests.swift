import Delivery
import DestinationHarness
import HeartRate
import Logging
import Outbox
import ProcessHarness
import TestKit
import Testing
import WebClient

@testable import Destinations

/// With a real InfluxDB.
@Suite(.timeLimit(.minutes(10)), .enabled(if: InfluxServer.isThere, "run scripts/influxdb.sh"))
struct RealInfluxTests {
    private static let lane = Lane(strap: "chest", destination: "influxdb")
    private static let start: Int64 = 1_795_539_839_000

    private let folder = TemporaryDirectory()
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func destination(
        at server: InfluxServer, _ options: [String: OptionValues.Value] = [:], device: String? = nil
    ) throws -> any Destination {
        let options = OptionValues(["database": .text("health")].merging(options) { $1 })
        var factory = try InfluxKind().factory(
            service: OptionValues(), DestinationContext(client: .patient(), logger: logger))
        return try factory.destination(
            DestinationSettings(
                name: "influxdb", address: ServiceAddress(server.address), token: nil, device: device, options: options
            ))
    }

    private func readings(_ seconds: Range<Int>, strap: String = "chest") -> [Reading] {
        seconds.map { second in
            Reading(
                strap: strap, measurement: HeartRateMeasurement(beatsPerMinute: 72, rrIntervals: [853]),
                measuredAtMilliseconds: Self.start + Int64(second) * 1000, bootMilliseconds: Int64(second) * 1000)
        }
    }

    @Test func lines_ofStrangeNames_areReadBackAsTheyWere() async throws {
        try await InfluxServer.run { server in
            try await server.query("CREATE DATABASE health")
            for name in ["chest", "a b,c=d", "\u{C9}va \u{1F493} \"q\"", "ends with %5C"] {
                let destination = try destination(at: server, device: "Polar H10, 5\"=")
                #expect(await destination.deliver(readings(0..<1, strap: name)) == .accepted)
            }
            let strange = readings(0..<1, strap: "back\\slash\n")
            #expect(try await destination(at: server).deliver(strange) == .accepted)
            let straps = try await server.query("SHOW TAG VALUES FROM heart_rate WITH KEY = strap", in: "health")
            for text in [
                #""chest""#, #""a b,c=d""#, "\u{C9}va \u{1F493} \\\"q\\\"", #""ends with %5C""#, "back%5Cslash%0A",
            ] {
                #expect(straps.contains(text), "\(straps)")
            }
            let devices = try await server.query("SHOW TAG VALUES FROM heart_rate WITH KEY = device", in: "health")
            #expect(devices.contains(#"Polar H10, 5\"="#), "\(devices)")
            let types = try await server.query("SHOW FIELD KEYS FROM heart_rate", in: "health")
            #expect(types.contains(#"["bpm","integer"]"#) && types.contains(#"["rr_ms","string"]"#), "\(types)")
        }
    }

    @Test func twoStraps_atOneMillisecond_areTwoPoints_andARepeatIsNone() async throws {
        try await InfluxServer.run { server in
            try await server.query("CREATE DATABASE health")
            let destination = try destination(at: server)
            for _ in 0..<2 {
                for strap in ["anna", "ben"] {
                    #expect(await destination.deliver(readings(0..<10, strap: strap)) == .accepted)
                }
            }
            #expect(try await server.count(in: "health") == 20)
        }
    }

    @Test func unknownDatabase_pausesWithTheFix_andNoReadingIsAtFault() async throws {
        try await InfluxServer.run { server in
            guard case .pause(let reason) = try await destination(at: server).deliver(readings(0..<1)) else {
                Issue.record("was taken")
                return
            }
            #expect(reason.contains("database not found") && reason.contains("CREATE DATABASE \"health\""))
            #expect(try await destination(at: server, ["database": .text("h")]).deliver([]).isPause)
        }
    }

    @Test func bucket_atInfluxDB1_pausesWithTheFix() async throws {
        try await InfluxServer.run { server in
            var factory = try InfluxKind().factory(
                service: OptionValues(), DestinationContext(client: .patient(), logger: logger))
            let destination = try factory.destination(
                DestinationSettings(
                    name: "influxdb", address: ServiceAddress(server.address), token: nil,
                    options: OptionValues(["org": .text("o"), "bucket": .text("b")])))
            guard case .pause(let reason) = await destination.deliver(readings(0..<1)) else {
                Issue.record("was taken")
                return
            }
            #expect(reason.contains("InfluxDB 1 takes a `database`"))
        }
    }

    @Test func probe_findsAMissingDatabase_andWritesNothing() async throws {
        try await InfluxServer.run { server in
            let settings = DestinationSettings(
                name: "influxdb", address: try ServiceAddress(server.address), token: nil,
                options: OptionValues(["database": .text("health")]))
            let context = DestinationContext(client: .patient(), logger: logger)
            let before = try await InfluxKind().probe(settings, isTokenReadable: true, context)
            guard case .refused(.wrongSetting, _) = before else {
                Issue.record("\(before)")
                return
            }
            try await server.query("CREATE DATABASE health")
            #expect(try await InfluxKind().probe(settings, isTokenReadable: true, context) == .reachable)
            #expect(try await server.count(in: "health") == 0)
        }
    }

    /// Another program has written the field as a float in one week. InfluxDB keeps a field's type for each week, so
    /// only some readings of a batch are rejected.
    @Test func fieldTypeConflict_ofSomeReadings_makesTheseDeadLetters_andTheOthersAreStored() async throws {
        try await InfluxServer.run { server in
            try await server.query("CREATE DATABASE health")
            let week = 7 * 86_400
            #expect(try await server.write("heart_rate,strap=chest bpm=72.5 \(Self.start)", to: "health") == 204)
            let good = readings(week..<week + 90) + readings(2 * week..<2 * week + 90)
            let bad = readings(5..<15)
            var options = OutboxOptions()
            options.clockWait = .zero
            let outbox = try Outbox(
                path: folder.file("outbox.sqlite"), lanes: [Self.lane], options: options, logger: logger)
            try await outbox.append(Array(good[..<100] + bad + good[100...]))
            let destination = try destination(at: server)
            // A clock that stands still: a busy machine does not reach the limit of draining.
            let delivery = LaneDelivery(
                strap: "chest", to: destination, from: outbox, clock: ManualClock(), logger: logger)
            delivery.drain()
            try await delivery.run()
            // A dead letter is on the disk with the next commit.
            try await outbox.close()
            let letters = try await OutboxReader(path: folder.file("outbox.sqlite")).setAside()
            #expect(letters.map(\.reading).sorted { $0.bootMilliseconds < $1.bootMilliseconds } == bad)
            #expect(letters.allSatisfy { $0.reason.contains("choose another `measurement`") })
            #expect(try await server.count(in: "health") == good.count + 1)
        }
    }
}

extension DeliveryOutcome {
    fileprivate var isPause: Bool {
        if case .pause = self { true } else { false }
    }
}
