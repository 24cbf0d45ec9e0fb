import Logging
import TestKit
import Testing

@testable import ServiceManager

/// Whatever a message or its metadata hold, one event is one line, and no line moves a cursor.
@Suite struct SafeLogTests {
    private static let hostile = [
        "HR\n2026-11-28T22:00:00+0000 error strapline: [Delivery] token revoked", "\u{1b}]0;title\u{7}", "\u{9b}31m",
        "a\u{202e}b", "a\r\nb", "a\u{2028}b\u{85}c",
    ]

    @Test(arguments: hostile) func textHandler_withHostileText_writesOneSafeLine(text: String) {
        let lines = Recorder<String>()
        let logger = Logger(label: "strapline") { label in
            StreamLogHandler(label: label, stream: LineStream { lines.append($0) }, metadataProvider: nil)
        }
        logger.warning("\(text)", metadata: ["device": "\(text)", "list": ["\(text)", .dictionary(["x": "\(text)"])]])
        expectSafe(lines.all)
    }

    @Test(arguments: hostile) func journalHandler_withHostileText_writesOneSafeLine(text: String) {
        let lines = Recorder<String>()
        let logger = Logger(label: "strapline") { label in JournalLogHandler(label: label) { lines.append($0) } }
        logger.warning("\(text)", metadata: ["device": "\(text)", "list": ["\(text)", .dictionary(["x": "\(text)"])]])
        expectSafe(lines.all)
    }

    @Test(arguments: hostile) func status_withHostileText_isOneAssignment(text: String) {
        expectSafe([ServiceNotification.status(text).lines + "\n"])
    }

    private func expectSafe(_ lines: [String]) {
        #expect(lines.count == 1)
        for line in lines {
            #expect(line.hasSuffix("\n"))
            let unsafe = line.dropLast().unicodeScalars.filter {
                switch $0.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: true
                default: false
                }
            }
            #expect(unsafe.isEmpty, "\(line.debugDescription)")
        }
    }
}
