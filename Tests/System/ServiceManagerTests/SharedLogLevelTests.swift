import Logging
import TestKit
import Testing

@testable import ServiceManager

@Suite struct SharedLogLevelTests {
    @Test func level_whenChanged_isThatOfEveryCopy() {
        let lines = Recorder<String>()
        let level = SharedLogLevel(.info)
        let logger = Logger(label: "test") { _ in SharedLevelHandler(RecordingLogHandler(lines), level: level) }
        var copy = logger
        copy[metadataKey: "strap"] = "anna"
        copy.debug("not shown")
        level.set(.debug)
        copy.debug("shown")
        logger.debug("shown too")
        level.set(.error)
        copy.warning("not shown")
        #expect(lines.all == ["shown", "shown too"])
    }
}
