import Glibc
package import Logging
import TextFormats

/// Writes a log for a reader at a terminal: the time, who it is about, and the message first.
///
/// ```
/// 18:03:11  anna: live (Polar H10 A1B2C3D4)
/// 18:03:15  warning: anna → pulsoid: deliveries fail, trying again: dev.pulsoid.net does not answer.
/// ```
package struct TerminalLogHandler: LogHandler {
    package var logLevel: Logger.Level = .info
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let write: @Sendable (String) -> Void

    /// Writes to stderr without a buffer. A line that is written over, such as a live heart rate, gives way.
    package init() {
        self.init { StandardErrorLog.write("\r\u{1B}[K" + $0) }
    }

    init(write: @escaping @Sendable (String) -> Void) {
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
        let text = Self.text("\(event.message)", event.level, all.mapValues { "\($0)" })
        write("\(Self.time())  \(text.printable(scalars: StandardErrorLog.lineLimit))\n")
    }

    /// The line without its time.
    static func text(_ message: String, _ level: Logger.Level, _ metadata: [String: String]) -> String {
        var rest = metadata
        let subject = [rest.removeValue(forKey: "strap"), rest.removeValue(forKey: "destination")].compactMap(\.self)
            .joined(separator: " → ")
        // Of a strap the news is its state.
        let isState = message == "strap" && rest["state"] != nil
        let news = isState ? rest.removeValue(forKey: "state") ?? message : message
        let reason = (rest.removeValue(forKey: "reason") ?? rest.removeValue(forKey: "error")).map { ": \($0)" } ?? ""
        let count = rest.removeValue(forKey: "count").flatMap { Int($0) }
        let repeats = count.map { $0 > 1 ? " (and \($0 - 1) more in the last minute)" : "" } ?? ""
        let details = rest.sorted { $0.key < $1.key }.map { $0.key == "device" ? $0.value : "\($0.key): \($0.value)" }
        let severity =
            switch level {
            case .trace, .debug: "debug: "
            case .info, .notice: ""
            case .warning: "warning: "
            case .error, .critical: "error: "
            }
        return severity + (subject.isEmpty ? "" : subject + ": ") + news
            + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))") + reason + repeats
    }

    private static func time() -> String {
        var now = Glibc.time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        return [parts.tm_hour, parts.tm_min, parts.tm_sec].map { ($0 < 10 ? "0" : "") + "\($0)" }
            .joined(separator: ":")
    }
}
