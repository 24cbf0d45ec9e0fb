package import Logging

/// Records each message with the values of its metadata.
package struct RecordingLogHandler: LogHandler {
    package var logLevel: Logger.Level = .debug
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let lines: Recorder<String>

    package init(_ lines: Recorder<String>) {
        self.lines = lines
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.value)" }
        lines.append((["\(event.message)"] + values).joined(separator: " "))
    }
}
