import Logging
import TestKit
import Testing

@testable import ServiceManager

@Suite struct TerminalLogTests {
    @Test(
        arguments: [
            ("strap", .info, ["strap": "anna", "state": "live", "device": "Polar H10"], "anna: live (Polar H10)"),
            (
                "deliveries fail, trying again", .warning,
                ["strap": "anna", "destination": "pulsoid", "reason": "no route", "count": "60"],
                "warning: anna → pulsoid: deliveries fail, trying again: no route (and 59 more in the last minute)"
            ),
            (
                "the outbox still cannot be written", .error, ["error": "disk full"],
                "error: the outbox still cannot be written: disk full"
            ),
            ("clock synchronised", .info, ["readings-set-right": "7"], "clock synchronised (readings-set-right: 7)"),
            ("stopped", .notice, [:], "stopped"),
        ] as [(String, Logger.Level, [String: String], String)])
    func line_hasTheMessageFirst(message: String, level: Logger.Level, metadata: [String: String], text: String) {
        #expect(TerminalLogHandler.text(message, level, metadata) == text)
    }

    @Test func hostileText_staysOnOneLine() {
        let lines = Recorder<String>()
        var logger = Logger(label: "x") { _ in TerminalLogHandler { lines.append($0) } }
        logger[metadataKey: "strap"] = "a\u{1B}[2J"
        logger.warning("b\nc")
        #expect(lines.all.count == 1 && lines.all[0].hasSuffix("warning: a [2J: b c\n"), "\(lines.all)")
    }
}
