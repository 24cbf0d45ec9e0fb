import BlueZ
import Console
import HeartRate
import StrapFixtures
import Testing

@testable import Setup

@Suite struct DeviceTableTests {
    @Test func lines_ofDevices_standInColumns() throws {
        let broadcast = PolarBroadcast(decoding: [0x02, 0x00, 0x48] as [UInt8])
        let devices = [
            try Device.named("Polar H10", isPaired: true),
            try Device.named(
                nil, "C4:00:00:00:00:02", signalStrength: nil, offersHeartRate: false, broadcast: broadcast),
        ]
        #expect(
            DeviceTable.lines(of: devices) == [
                "NAME       ADDRESS            SIGNAL   HEART RATE        BATTERY  STATE",
                "Polar H10  C4:11:22:33:44:55  -60 dBm  yes                        paired",
                "-          C4:00:00:00:00:02           broadcast 72 bpm",
            ])
    }

    @Test func lines_ofAStrapThatIsOnlyRemembered_saySo() throws {
        var strap = try Device.named("Strap", signalStrength: nil)
        strap.isHeard = false
        let lines = DeviceTable.lines(of: [strap])
        #expect(lines[1].hasSuffix("not heard") && lines.last?.hasPrefix("No strap heard.") == true)
        #expect(try DeviceRecord(device: strap).jsonLine().contains(#""heard":false"#))
        strap.isHeard = true
        #expect(DeviceTable.lines(of: [strap]).count == 2)
    }

    @Test func lines_ofAHostileName_holdNothingThatMovesACursor() throws {
        let hostile = try Device.named("\u{1B}[2J\u{9B}1A\u{202E}Strap\nstraps:")
        let text =
            DeviceTable.lines(of: [hostile]).joined() + hostile.title + (try DeviceRecord(device: hostile).jsonLine())
        #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        #expect(!text.unicodeScalars.contains("\u{202E}"))
    }

    @Test func record_ofADevice_leavesOutWhatIsNotKnown() throws {
        let device = try Device.named(nil, signalStrength: nil)
        #expect(
            try DeviceRecord(device: device).jsonLine()
                == #"{"adapter":"00:1A:7D:DA:71:13","address":"C4:11:22:33:44:55","#
                + #""connected":false,"heart_rate_service":true,"paired":false,"trusted":false}"#)
    }

    @Test func screen_whenDrawnAgain_replacesWhatItShowed() throws {
        var screen = ScanScreen()
        #expect(screen.frame(["a", "b"]) == "\u{1B}[J\u{1B}[?7la\nb\n\u{1B}[?7h")
        #expect(screen.frame(["a", "b"]) == nil)
        #expect(screen.frame(["c"]) == "\u{1B}[2A\u{1B}[J\u{1B}[?7lc\n\u{1B}[?7h")
    }

    @Test func screen_whenTheTerminalIsLow_saysHowManyAreMissing() {
        var screen = ScanScreen()
        #expect(screen.frame(["a", "b", "c", "d"], rows: 4)?.contains("a\nb\n… and 2 more\n") == true)
        #expect(screen.frame(["a", "b", "c"], rows: 4)?.contains("more") == false)
    }

    @Test func report_ofJSON_printsEachChangeOnce() async throws {
        let terminal = ScriptedTerminal()
        let report = ScanReport(.json, showsAll: false, on: terminal)
        let chest = try Device.named("Chest")
        let keyboard = try Device.named("Keyboard", "C4:00:00:00:00:02", offersHeartRate: false)
        await report.show([chest, keyboard])
        await report.show([chest])
        await report.show([try Device.named("Chest", signalStrength: -50)])
        await report.finish()
        let lines = terminal.text.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("-60") && lines[1].contains("-50"))
    }

    @Test func report_asAList_isPrintedAtTheEnd() async throws {
        let terminal = ScriptedTerminal()
        let report = ScanReport(.list, showsAll: true, on: terminal)
        await report.show([try Device.named("Keyboard", offersHeartRate: false)])
        #expect(terminal.text.isEmpty)
        await report.finish()
        #expect(terminal.text.contains("Keyboard"))
    }

    @Test func scan_mentionsThatAnAddressChanges() throws {
        var watch = try Device.named("Watch HR", "5A:11:22:33:44:55")
        watch.hasPrivateAddress = true
        #expect(DeviceTable.lines(of: [watch])[1].hasSuffix("address changes"))
        #expect(try DeviceRecord(device: watch).jsonLine().contains(#""address_changes":true"#))
    }
}
