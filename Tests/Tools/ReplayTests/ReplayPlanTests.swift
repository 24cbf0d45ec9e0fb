import ArgumentParser
import EventThread
import HeartRate
import Logging
import Outbox
import Pulsoid
import Testing
import Timing
import Tokens
import Uploader
import UploaderConfiguration
import WebClient

@testable import Replay

@Suite struct ReplayPlanTests {
    private static let yaml = """
        services: { pulsoid: { address: "http://hub:8080" }, cardiogram: { address: "http://hub:8080" } }
        straps:
          - name: anna
            address: "C4:11:22:33:44:55"
            destinations:
              - { service: pulsoid, token_file: /a }
              - { service: cardiogram, token_file: /a, user_id: "1" }
          - name: ben
            address: "C4:11:22:33:44:66"
            destinations: [{ service: pulsoid, token_file: /b }]
        """

    private func recorded(_ straps: String..., contact: String = "detected") throws -> [RecordedReading] {
        try straps.map {
            try RecordedReading(
                strap: $0, measuredAtMilliseconds: 1_767_225_600_000, measuredAt: nil, bpm: 60, contact: contact)
        }
    }

    private func plan(
        _ recorded: [RecordedReading], strap: String? = nil, destination: String? = nil
    ) throws -> ReplayPlan {
        let plan = try UploadPlan(try ConfigurationFile.parse(Self.yaml, path: "test"))
        var factory = try DeliveryFactory(plan, on: .shared, time: KernelTime(), logger: Logger(label: "test"))
        return try ReplayPlan(
            recorded, selection: LaneSelection(strap: strap, destination: destination), plan: plan, factory: &factory)
    }

    private func single(_ recorded: [RecordedReading], strap: String? = nil) throws -> ReplayPlan {
        let destination = try PulsoidDestination(
            name: "pulsoid", service: ServiceAddress("http://hub:8080"),
            tokens: TokenProvider(source: .file(path: "/a")), client: WebClient())
        return try ReplayPlan(recorded, strap: strap, to: destination)
    }

    @Test func configuration_sendsEachStrapToItsDestinations() throws {
        let plan = try plan(try recorded("anna", "ben", "ben"))
        #expect(plan.targets.map(\.lane.description) == ["anna -> pulsoid", "anna -> cardiogram", "ben -> pulsoid"])
        #expect(plan.totals == ["anna": 1, "ben": 2])
        #expect(plan.count == 4)
    }

    @Test func selection_leavesTheOthersOut() throws {
        let plan = try plan(try recorded("anna", "ben"), strap: "anna", destination: "cardiogram")
        #expect(plan.targets.map(\.lane.description) == ["anna -> cardiogram"])
        #expect(plan.readings.map(\.strap) == ["anna"])
    }

    @Test func strap_thatTheConfigurationDoesNotKnow_isAnError() throws {
        let error = #expect(throws: ValidationError.self) { _ = try plan(try recorded("anna", "carl")) }
        #expect(error?.message.contains("of carl") == true)
        #expect(throws: ValidationError.self) { _ = try plan(try recorded("ben"), destination: "cardiogram") }
        #expect(throws: ValidationError.self) { _ = try plan(try recorded("ben"), strap: "anna") }
        #expect(throws: ValidationError.self) { _ = try plan([]) }
    }

    @Test func oneToken_isForOneStrap() throws {
        let error = #expect(throws: ValidationError.self) { _ = try single(try recorded("anna", "ben")) }
        #expect(error?.message.contains("anna, ben") == true)
        #expect(try single(try recorded("anna", "ben"), strap: "ben").readings.count == 1)
    }

    @Test func readings_thatAreNoHeartRate_areLeftOut() throws {
        let plan = try single(try recorded("anna") + recorded("anna", contact: "not-detected"))
        #expect(plan.readings.count == 1 && plan.omitted == 1)
        #expect(plan.totals == ["anna": 1])
    }
}
