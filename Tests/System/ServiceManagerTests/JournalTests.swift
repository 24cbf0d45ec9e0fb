import Glibc
import Logging
import TestKit
import Testing

@testable import ServiceManager

@Suite struct JournalTests {
    private let lines = Recorder<String>()

    private func logger() -> Logger {
        var logger = Logger(label: "strapline") { [lines] label in
            JournalLogHandler(label: label) { lines.append($0) }
        }
        logger.logLevel = .trace
        return logger
    }

    @Test func handler_withEachLevel_beginsWithItsPriority() {
        let logger = logger()
        for level in Logger.Level.allCases { logger.log(level: level, "x") }
        let expected = [7, 7, 6, 5, 4, 3, 2].map { "<\($0)>strapline: x\n" }
        #expect(lines.all == expected)
    }

    @Test func handler_withMetadata_addsItInOrder() {
        var logger = logger()
        logger[metadataKey: "strap"] = "anna"
        logger.info("strap", metadata: ["state": "live"])
        #expect(lines.all == ["<6>strapline: strap: state=live strap=anna\n"])
    }

    @Test func handler_withAMessageOfTwoLines_writesOne() {
        logger().error("first\nsecond", metadata: ["error": "a\r\nb"])
        #expect(lines.all == ["<3>strapline: first second: error=a b\n"])
    }

    @Test func stream_thatIsTheJournals_isKnown() {
        var file = stat()
        fstat(STDERR_FILENO, &file)
        let name = "\(file.st_dev):\(file.st_ino)"
        #expect(JournalStream.isJournal(STDERR_FILENO, environment: ["JOURNAL_STREAM": name]))
        #expect(!JournalStream.isJournal(STDERR_FILENO, environment: ["JOURNAL_STREAM": "1:2"]))
        #expect(!JournalStream.isJournal(STDERR_FILENO, environment: [:]))
    }
}
