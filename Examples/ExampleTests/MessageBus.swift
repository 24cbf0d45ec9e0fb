import Foundation

/// A private message bus for a test.
final class MessageBus: Sendable {
    let address: String
    private let daemon = Process()

    /// Starts a dbus-daemon and reads the address that it prints.
    init() throws {
        let output = Pipe()
        daemon.executableURL = URL(filePath: "/usr/bin/dbus-daemon")
        daemon.arguments = ["--session", "--nofork", "--nopidfile", "--print-address=1"]
        daemon.standardOutput = output
        try daemon.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        address = line.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit {
        daemon.terminate()
    }
}
