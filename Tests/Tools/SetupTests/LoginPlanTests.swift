import TestKit
import Testing
import UploaderConfiguration
import WebClient

@testable import Setup

@Suite struct LoginPlanTests {
    private func configuration(_ destinations: String..., services: String = "{}") throws -> Configuration {
        let straps = destinations.enumerated().map { index, destination in
            "  - {name: strap\(index), destinations: [\(destination)]}\n"
        }
        return try ConfigurationFile.parse("straps:\n\(straps.joined())services: \(services)\n", path: "test")
    }

    private func problem(_ body: () throws -> LoginPlan) -> String {
        #expect(throws: LoginPlan.Problem.self) { _ = try body() }?.description ?? ""
    }

    @Test func oneFileForManyStraps_isWrittenOnce() throws {
        let file = "{service: pulsoid, token_file: /t}"
        #expect(try LoginPlan(configuration: configuration(file, file)).paths == ["/t"])
    }

    @Test func severalFiles_askForAStrap() throws {
        let configuration = try configuration(
            "{service: pulsoid, token_file: /a}", "{service: pulsoid, token_file: /b, address: 'http://hub:1'}")
        #expect(problem { try LoginPlan(configuration: configuration) }.contains("--strap"))
        let plan = try LoginPlan(configuration: configuration, strap: "strap1")
        #expect(plan.paths == ["/b"])
        #expect(plan.address.description == "http://hub:1")
        #expect(problem { try LoginPlan(configuration: configuration, strap: "other") }.contains("`other`"))
    }

    @Test func noFile_asksForOne() throws {
        let configuration = try configuration("{service: pulsoid, token_credential: p}")
        let advice = problem { try LoginPlan(configuration: configuration) }
        #expect(advice.contains("--output") && advice.contains("sudo strapline setup login"))
        #expect(problem { try LoginPlan(configuration: nil) }.contains("--output"))
        #expect(try LoginPlan(configuration: configuration, output: "/o").paths == ["/o"])
    }

    @Test func whatIsTold_goesBeforeTheConfiguration_andThatBeforeTheDefaults() throws {
        let configuration = try configuration(
            "{service: pulsoid, token_file: /t}",
            services: "{pulsoid: {address: 'http://hub:1', oauth_address: 'http://hub:2', client_id: mine}}")
        let plan = try LoginPlan(configuration: configuration)
        #expect(plan.address.description == "http://hub:1")
        #expect(plan.oauthAddress.description == "http://hub:2")
        #expect(plan.clientID == "mine")
        let told = try LoginPlan(
            configuration: configuration, address: "http://a", oauthAddress: "http://b", clientID: "other")
        #expect(told.address.description == "http://a")
        #expect(told.oauthAddress.description == "http://b")
        #expect(told.clientID == "other")
        let bare = try LoginPlan(configuration: nil, output: "/o")
        #expect(bare.address.description == "https://dev.pulsoid.net")
        #expect(bare.oauthAddress.description == "https://pulsoid.net")
        #expect(bare.clientID == nil)
    }
}
