import FoundationEssentials
import TestKit
import Testing
import Tokens

@testable import Setup
@testable import UploaderConfiguration

@Suite struct ServiceLayoutTests {
    private let directory = TemporaryDirectory()

    @Test func place_unlessTold_isTheServicesForRootAndTheUsersOwnElse() {
        #expect(ServiceLayout(configuration: nil, isRoot: true).configuration == "/etc/strapline/strapline.yaml")
        #expect(
            ServiceLayout(configuration: nil, isRoot: false).configuration.hasSuffix(
                "/.config/strapline/strapline.yaml"))
    }

    @Test func token_withoutAService_isAFileBesideTheConfiguration() {
        let place = ServiceLayout(configuration: directory.file("strapline.yaml"), stateFolder: directory.path)
        let token = place.token(named: "pulsoid-anna", isRenewed: false)
        #expect(token.path == directory.file("pulsoid-anna.token"))
        #expect(token.entry == .file(token.path))
        #expect(place.token(named: "pulsoid-anna", isRenewed: true).path == token.path)
    }

    @Test func token_ofTheService_isHandedOverBySystemd_unlessItIsRenewed() throws {
        try FileManager.default.createDirectory(
            atPath: directory.file("tokens"), withIntermediateDirectories: false, attributes: nil)
        let place = ServiceLayout(configuration: directory.file("strapline.yaml"), stateFolder: directory.path)
        let token = place.token(named: "pulsoid-anna", isRenewed: false)
        #expect(token.path == directory.file("tokens/pulsoid-anna"))
        #expect(token.entry == .credential("token_pulsoid-anna"))
        let renewed = place.token(named: "pulsoid-anna", isRenewed: true)
        #expect(renewed.entry == .file(directory.file("pulsoid-anna.token")))
        #expect(place.isForUploader(directory.file("pulsoid-anna.token")))
        #expect(!place.isForUploader(token.path))
        #expect(!place.isForUploader("/root/anna.token"))
    }

    @Test func strap_onTheCommandLine_isANameAndAnAddress() throws {
        let strap = try #require(NamedStrap(argument: "anna=c4:11:22:33:44:55"))
        #expect(strap.name == "anna")
        #expect(strap.identity.line == "address: \"C4:11:22:33:44:55\"")
        for wrong in ["anna", "=C4:11:22:33:44:55", "anna=", "anna=C4:11"] {
            #expect(NamedStrap(argument: wrong) == nil)
        }
    }

    @Test func plan_ofTheServiceFromOutsideOfItsUnit_knowsItsOutboxAndReadsItsTokens() throws {
        try FileManager.default.createDirectory(
            atPath: directory.file("tokens"), withIntermediateDirectories: false, attributes: nil)
        try "secret\n".write(toFile: directory.file("tokens/pulsoid-anna"), atomically: true, encoding: .utf8)
        let yaml = """
            straps:
              - name: anna
                address: "C4:11:22:33:44:55"
                destinations:
                  - { service: pulsoid, token_credential: token_pulsoid-anna }
            """
        try yaml.write(toFile: directory.file("strapline.yaml"), atomically: true, encoding: .utf8)
        let place = ServiceLayout(configuration: directory.file("strapline.yaml"), stateFolder: directory.path)
        let plan = try UploadPlan(ConfigurationFile.parse(yaml, path: "strapline.yaml"), at: place)
        #expect(plan.outboxPath == directory.file("outbox.sqlite"))
        #expect(try plan.targets[0].token?.read().bearer == "Bearer secret")
        #expect(PlanDescription(plan).problems.isEmpty)
        #expect(try UploadPlan(ofServiceAt: directory.file("strapline.yaml")).targets == plan.targets)
    }
}
