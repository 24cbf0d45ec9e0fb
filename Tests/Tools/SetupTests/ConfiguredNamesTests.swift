import BlueZ
import FoundationEssentials
import StrapFixtures
import TestKit
import Testing

@testable import Setup

@Suite struct ConfiguredNamesTests {
    private let folder = TemporaryDirectory()

    @Test func strongestSignal_isFirst_andConfiguredStrapsHaveTheirNames() throws {
        let file = folder.file("strapline.yaml")
        let yaml = """
            straps:
              - name: anna
                address: C4:00:00:00:00:02
                destinations: [{service: pulsoid, token_file: /t}]
            """
        try Data(yaml.utf8).write(to: URL(filePath: file))
        let devices = [
            try Device.named("Far", "C4:00:00:00:00:01", signalStrength: -80),
            try Device.named("Near", "C4:00:00:00:00:02", signalStrength: -40),
            try Device.named("Unheard", "C4:00:00:00:00:03", signalStrength: nil),
        ]
        let lines = DeviceTable.lines(of: devices.byStrength, names: ConfiguredNames(configuration: file))
        #expect(lines[0].hasSuffix("CONFIGURED AS"))
        #expect(lines[1].hasPrefix("Near") && lines[1].hasSuffix("anna"))
        #expect(lines[2].hasPrefix("Far") && lines[3].hasPrefix("Unheard"))
        let names = ConfiguredNames(configuration: file)
        #expect(names.selector(named: "anna") == .address(devices[1].address))
        #expect(names.selector(named: "ben") == nil)
    }

    @Test func withoutAConfiguration_thereIsNoColumn() throws {
        let device = try Device.named("Near")
        for path in [nil, folder.file("none.yaml")] {
            let lines = DeviceTable.lines(of: [device], names: ConfiguredNames(configuration: path))
            #expect(lines == DeviceTable.lines(of: [device]))
        }
    }

    @Test func choice_isOfTheDeviceThatIsShown() async throws {
        let terminal = ScriptedTerminal(typing: "1")
        let far = try Device.named("Far", "C4:00:00:00:00:01", signalStrength: -80)
        let near = try Device.named("Near", "C4:00:00:00:00:02", signalStrength: -40)
        let choice = await TerminalDialogue(terminal: terminal).choose(among: [far, near])
        #expect(choice == .device(near.address))
    }
}
