import Outbox
import Testing
import UploaderConfiguration

@testable import Uploader

@Suite struct PlanDiffTests {
    private static let anna = """
          - name: anna
            address: "C4:11:22:33:44:55"
            destinations:
              - { service: pulsoid, token_file: /a }
        """
    private static let ben = """
          - name: ben
            destinations:
              - { service: pulsoid, token_file: /b }
              - { service: cardiogram, token_file: /b, user_id: "2" }
        """

    private func plan(_ straps: [String], _ more: String = "") throws -> UploadPlan {
        let yaml = (["straps:"] + straps + [more]).joined(separator: "\n") + "\n"
        return try UploadPlan(try ConfigurationFile.parse(yaml, path: "test.yaml"))
    }

    private func change(_ old: UploadPlan, _ new: UploadPlan, network: Bool = false) -> PlanDiff {
        PlanDiff(from: old, to: new, isNetworkChanged: network)
    }

    @Test func change_betweenTheSame_isNone() throws {
        let plan = try plan([Self.anna, Self.ben])
        let change = change(plan, plan)
        #expect(change.words.isEmpty)
        #expect(change.settingsForRestart.isEmpty)
    }

    @Test func change_whenTheOrderIsAnother_isNone() throws {
        #expect(change(try plan([Self.anna, Self.ben]), try plan([Self.ben, Self.anna])).words.isEmpty)
    }

    @Test func change_withAStrapMore_addsItAndItsLanes() throws {
        let change = change(try plan([Self.anna]), try plan([Self.anna, Self.ben]))
        #expect(change.addedStraps == ["ben"])
        #expect(change.addedLanes.map(\.destination) == ["pulsoid", "cardiogram"])
        #expect(change.changedLanes.isEmpty && change.removedStraps.isEmpty)
        #expect(change.words.first == "strap ben added")
    }

    @Test func change_withAStrapLess_removesIt() throws {
        let change = change(try plan([Self.anna, Self.ben]), try plan([Self.anna]))
        #expect(change.removedStraps == ["ben"])
        #expect(change.removedLanes.count == 2)
        #expect(change.addedLanes.isEmpty)
    }

    @Test func change_ofAnAddress_changesTheStrapAndNotItsLanes() throws {
        let other = Self.anna.replacing("44:55", with: "44:66")
        let change = change(try plan([Self.anna, Self.ben]), try plan([other, Self.ben]))
        #expect(change.changedStraps == ["anna"])
        #expect(change.changedLanes.isEmpty)
    }

    @Test(arguments: ["token_file: /c", "token_file: /a, order: newest-first", "token_file: /a, max_age_seconds: 60"])
    func change_ofADestination_changesItsLaneAlone(words: String) throws {
        let other = Self.anna.replacing("token_file: /a", with: words)
        let change = change(try plan([Self.anna, Self.ben]), try plan([other, Self.ben]))
        #expect(change.changedLanes == [Lane(strap: "anna", destination: "pulsoid")])
        #expect(change.changedStraps.isEmpty)
    }

    @Test func change_ofPulsoidsLimit_changesItsLanes() throws {
        let limit = "services: { pulsoid: { requests_per_second: 5 } }"
        let change = change(try plan([Self.anna, Self.ben]), try plan([Self.anna, Self.ben], limit))
        #expect(change.changedLanes.map(\.destination) == ["pulsoid", "pulsoid"])
    }

    @Test func change_ofTheNetwork_changesEveryLane() throws {
        let plan = try plan([Self.anna, Self.ben])
        #expect(change(plan, plan, network: true).changedLanes == plan.lanes)
    }

    @Test func change_ofOutputs_takesThemUpAndLetsThemGo() throws {
        func outputs(_ words: String...) throws -> UploadPlan {
            try plan([Self.anna], "outputs: [\(words.map { "{ \($0) }" }.joined(separator: ", "))]")
        }
        let file = "kind: file, path: /run/hr.txt"
        let other = "kind: file, path: /run/other.txt"
        let webhook = "kind: webhook, address: \"http://127.0.0.1:1\""
        let change = change(try outputs(file), try outputs(other, webhook))
        #expect(change.changedOutputs == ["file"] && change.addedOutputs == ["webhook"])
        #expect(change.removedOutputs.isEmpty && change.changedLanes.isEmpty && change.changedStraps.isEmpty)
        #expect(change.words == ["output webhook added", "output file changed"])
        #expect(self.change(try outputs(file), try outputs(webhook)).removedOutputs == ["file"])
        #expect(self.change(try outputs(file), try outputs(file)).words.isEmpty)
    }

    @Test func change_ofAStrap_leavesItsOutputsAlone() throws {
        let outputs = "outputs: [{ kind: webhook, address: \"http://127.0.0.1:1\" }]"
        let change = change(try plan([Self.anna], outputs), try plan([Self.anna, Self.ben], outputs))
        #expect(change.addedStraps == ["ben"] && change.changedOutputs.isEmpty && change.addedOutputs.isEmpty)
    }

    @Test func change_ofTheNetwork_changesEveryOutput() throws {
        let plan = try plan([Self.anna], "outputs: [{ kind: webhook, address: \"http://127.0.0.1:1\" }]")
        #expect(change(plan, plan, network: true).changedOutputs == ["webhook"])
    }

    @Test func change_ofWhatOnlyARestartApplies_namesIt() throws {
        let settings = """
            outbox: { path: /other, durability: process-crash, retention_days: 3 }
            clock: { wait_seconds: 1 }
            metrics: { address: "127.0.0.1:9464" }
            """
        let change = change(try plan([Self.anna]), try plan([Self.anna], settings))
        #expect(
            change.settingsForRestart
                == [
                    "outbox.path", "outbox.durability", "outbox.retention_days", "clock.wait_seconds",
                    "metrics.address",
                ])
        #expect(change.words.isEmpty)
    }
}
