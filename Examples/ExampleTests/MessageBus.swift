import Foundation

/// A private message bus for a test.
enum MessageBus {
    /// Starts a dbus-daemon, calls `body` with the address that it prints, and stops it.
    static func run(_ body: (_ address: String) async throws -> Void) async throws {
        let output = Pipe()
        let daemon = Process()
        daemon.executableURL = URL(filePath: "/usr/bin/dbus-daemon")
        daemon.arguments = ["--session", "--nofork", "--nopidfile", "--print-address=1"]
        daemon.standardOutput = output
        // A daemon that holds the output of the tests would keep their runner waiting.
        daemon.standardError = FileHandle.nullDevice
        try daemon.run()
        defer { daemon.terminate() }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        try await body(line.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
