import ArgumentParser
import Outbox
import Testing
import Tokens
import UploaderConfiguration
import WebClient

@testable import Verification

@Suite struct VerificationPlanTests {
    private static let yaml = """
        services: { pulsoid: { address: "http://hub:8080" } }
        straps:
          - name: anna
            address: "C4:11:22:33:44:55"
            destinations:
              - { service: pulsoid, token_file: /a }
              - { service: cardiogram, token_file: /a, user_id: "1" }
          - name: ben
            address: "C4:11:22:33:44:66"
            destinations:
              - { service: pulsoid, token_file: /b }
              - { service: pulsoid, name: cloud, token_file: /c, address: "https://dev.pulsoid.net" }
        """

    private func plan(
        _ view: VerificationPlan.View, strap: String? = nil, destination: String? = nil, token: TokenSource? = nil
    ) throws -> [VerificationPlan.Source] {
        let configuration = try ConfigurationFile.parse(Self.yaml, path: "test")
        return try VerificationPlan(
            UploadPlan(configuration), selection: LaneSelection(strap: strap, destination: destination), view: view,
            token: token
        ).sources
    }

    @Test func withoutARoom_eachTokenIsFollowed_andCardiogramIsLeftOut() throws {
        let sources = try plan(.realTime)
        #expect(sources.map(\.token) == [.file(path: "/a"), .file(path: "/b"), .file(path: "/c")])
        #expect(sources.map { $0.targets.map(\.lane.strap) } == [["anna"], ["ben"], ["ben"]])
        #expect(sources[2].address.description == "https://dev.pulsoid.net")
    }

    @Test func room_isFollowedOnce_forAllStraps() throws {
        let sources = try plan(.room("r"), destination: "pulsoid", token: .file(path: "/room"))
        #expect(sources.count == 1)
        #expect(sources[0].token == .file(path: "/room"))
        #expect(sources[0].targets.map(\.token) == [.file(path: "/a"), .file(path: "/b")])
    }

    @Test func room_atTwoAddresses_asksToChoose() throws {
        let error = #expect(throws: ValidationError.self) { _ = try plan(.room("r")) }
        #expect(error?.message.contains("use --strap or --destination") == true)
    }

    @Test func configuration_withoutDestinations_hasNothingToVerify() throws {
        let yaml = """
            straps: [{ name: anna, address: "C4:11:22:33:44:55" }]
            outputs: [{ kind: file, path: /tmp/hr.txt }]
            """
        let plan = try UploadPlan(ConfigurationFile.parse(yaml, path: "test"))
        let error = #expect(throws: ValidationError.self) {
            _ = try VerificationPlan(
                plan, selection: LaneSelection(strap: nil, destination: nil), view: .realTime, token: nil)
        }
        #expect(error?.message == "The configuration has no `destinations`: there is nothing to verify.")
    }

    @Test(arguments: [("nobody", nil), (nil, "cardiogram")] as [(String?, String?)])
    func selection_ofNoPulsoidDestination_isAnError(strap: String?, destination: String?) throws {
        #expect(throws: ValidationError.self) {
            _ = try plan(.realTime, strap: strap, destination: destination)
        }
    }
}
