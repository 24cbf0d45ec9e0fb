import BlueZ
import Testing

@testable import Doctor

@Suite struct RadioCheckTests {
    private func findings(hasUsableAdapter: Bool = false, _ change: (inout MachineFacts) -> Void) -> [Finding] {
        var machine = MachineFacts(bluetoothd: .silent)
        change(&machine)
        return RadioCheck(machine: machine, hasUsableAdapter: hasUsableAdapter).findings
    }

    @Test func radio_ofWhichNothingIsKnown_isNotSpokenOf() {
        #expect(findings { _ in }.isEmpty)
    }

    @Test(arguments: [
        (RadioSwitch.Block.soft, "sudo rfkill unblock bluetooth"), (.hard, "switch or key"),
    ])
    func rfkill_whenBlocked_saysHowToUnblock(block: RadioSwitch.Block, remedy: String) {
        let blocked = RadioSwitch(name: "hci0", block: block)
        let found = findings { $0.radioSwitches = [blocked] }
        #expect(found.map(\.check) == [.rfkill])
        #expect(found.map(\.level) == [.problem])
        #expect(found[0].remedy?.contains(remedy) == true)
        #expect(findings(hasUsableAdapter: true) { $0.radioSwitches = [blocked] }.map(\.level) == [.info])
    }

    @Test func rfkill_whenNothingIsBlocked_isFine() {
        let found = findings {
            $0.radioSwitches = [.init(name: "hci0", block: nil)]
        }
        #expect(found.map(\.level) == [.ok])
    }

    @Test(arguments: [
        (nil, nil, nil), (40, nil, Finding.Level.info), (nil, 399, .info), (400, nil, .ok), (nil, 400, .ok),
        (40, 400, .info),  // set, and not in effect
    ])
    func connectionInterval_whenShorterThanStrapsAskFor_isTold(kernel: Int?, configured: Int?, level: Finding.Level?) {
        let found = findings {
            $0.controllers = [.init(name: "hci0", maxConnectionInterval: kernel)]
            $0.configuredMaxConnectionInterval = configured
        }
        #expect(found.first?.level == level)
        if level == .info { #expect(found[0].remedy?.contains("MaxConnectionInterval=400") == true) }
    }

    @Test(arguments: [
        ("Raspberry Pi 4 Model B", true, ["wlan0"], true), ("Raspberry Pi 4 Model B", true, [], false),
        ("Raspberry Pi 4 Model B", false, ["wlan0"], false), ("Other Board", true, ["wlan0"], false),
        (nil, true, ["wlan0"], false),
    ])
    func antenna_whenSharedWithWiFi_isTold(model: String?, isBuiltIn: Bool, interfaces: [String], isTold: Bool) {
        let found = findings {
            $0.boardModel = model
            $0.controllers = [.init(name: "hci0", isOnSerialLine: isBuiltIn)]
            $0.wirelessInterfaces = interfaces
        }
        #expect(found.map(\.check) == (isTold ? [.antenna] : []))
        #expect(found.allSatisfy { $0.level == .info })
    }

    @Test func clock_whenNotSynchronised_saysHowLongUploadsWait() {
        #expect(ClockCheck.finding(isTrusted: true, wait: nil).level == .ok)
        let finding = ClockCheck.finding(isTrusted: false, wait: .seconds(60))
        #expect(finding.level == .warning)
        #expect(finding.sentence.contains("60 s"))
    }
}
