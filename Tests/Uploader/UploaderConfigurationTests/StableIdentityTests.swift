import BlueZ
import StrapFixtures
import TestKit
import Testing

@testable import UploaderConfiguration

/// A strap is configured by its stable identity.
@Suite struct StableIdentityTests {
    private let directory = TemporaryDirectory()

    private func device(
        _ address: String, name: String?, isPrivate: Bool, isPaired: Bool = false
    ) throws -> NearbyDevice {
        var device = try Device.named(name.map { "alias of \($0)" }, address, isPaired: isPaired)
        device.ownName = name
        device.hasPrivateAddress = isPrivate
        return device
    }

    private func entry(_ device: NearbyDevice) -> StrapEntry? {
        StrapEntry(device, name: "w", taken: [], tokenFile: nil, folder: "/f")
    }

    @Test func entry_ofADeviceWithALastingAddress_hasTheAddress() throws {
        let entry = try #require(entry(try device("C4:11:22:33:44:55", name: "Strap", isPrivate: false)))
        #expect(entry.lines(indent: 0)[1] == #"  address: "C4:11:22:33:44:55""#)
        #expect(entry.identity.explanation(insteadOf: try Device.address("C4:11:22:33:44:55")) == nil)
    }

    @Test(arguments: ["5A:11:22:33:44:55", "13:11:22:33:44:55"])
    func entry_ofADeviceWithAPrivateAddress_hasItsOwnName(address: String) throws {
        let entry = try #require(entry(try device(address, name: "Watch HR", isPrivate: true)))
        #expect(entry.lines(indent: 0)[1] == #"  device_name: "Watch HR""#)
        let why = try #require(entry.identity.explanation(insteadOf: try Device.address(address)))
        #expect(why.contains(address) && why.contains("private address"))
        let text = try ConfigurationExtension.adding(entry, to: "", path: "f.yaml")
        let strap = try #require(try ConfigurationFile.parse(text, path: "f.yaml").straps.first)
        #expect(strap.selector == .name("Watch HR"))
    }

    @Test func entry_ofANamelessDeviceWithAPrivateAddress_isRefusedWithWhatToDo() throws {
        for name in [nil, ""] {
            #expect(entry(try device("5A:11:22:33:44:55", name: name, isPrivate: true)) == nil)
        }
        let refusal = StableIdentity.refusal(of: try Device.address("5A:11:22:33:44:55"))
        #expect(refusal.contains("strapline pair --pair 5A:11:22:33:44:55"))
    }

    @Test func draft_knowsADeviceByItsAddressOrItsName() throws {
        let path = directory.file("strapline.yaml")
        let named = try #require(entry(try device("5A:11:22:33:44:55", name: "Watch HR", isPrivate: true)))
        try ConfigurationDraft(extending: path).write(adding: named)
        let draft = try ConfigurationDraft(extending: path)
        #expect(draft.name(of: try device("6B:66:77:88:99:AA", name: "Watch HR", isPrivate: true)) == "w")
        #expect(draft.name(of: try device("6B:66:77:88:99:AA", name: "Other", isPrivate: true)) == nil)
    }

    @Test(arguments: [("5A:11:22:33:44:55", true), ("C4:11:22:33:44:55", false), ("00:22:D0:33:44:55", false)])
    func check_ofAnAddressThatChanges_warns(address: String, warns: Bool) throws {
        let yaml = """
            straps:
              - name: chest
                address: "\(address)"
                destinations:
                  - service: pulsoid
                    token_file: t
            """
        let explanation = PlanDescription(try UploadPlan(ConfigurationFile.parse(yaml, path: "f.yaml")))
        #expect(explanation.warnings.contains { $0.contains("chest") && $0.contains("Select it by its name") } == warns)
        #expect(explanation.lines[0].hasSuffix("on any adapter that is on"))
    }
}
