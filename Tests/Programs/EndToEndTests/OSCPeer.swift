import FoundationEssentials
import ProcessHarness
import Subprocess
import SystemPackage
import TestKit

/// A program of others that prints each OSC message: `/avatar/parameters/HR i 72`.
enum OSCPeer: String, CaseIterable, Sendable {
    /// Of liblo. `scripts/setup.sh` installs it.
    case oscdump
    /// python-osc, with `IntegrationTests/OSC/listen.py`. `make test-osc` installs it.
    case pythonOSC

    /// The python with the packages of `IntegrationTests/OSC/requirements.txt`; nil without `make test-osc`.
    static let python = ProcessInfo.processInfo.environment["STRAPLINE_OSC_PYTHON"].map { FilePath($0) }

    static var present: [OSCPeer] { python == nil ? [.oscdump] : allCases }

    static func script(_ name: String) -> String { ProjectFolder.path("IntegrationTests/OSC/" + name) }

    /// Runs `body` while the program listens at the port.
    func listening<Result: Sendable>(
        at port: Int, log: FilePath, _ body: @Sendable (OSCEar) async throws -> Result
    ) async throws -> Result {
        let path = self == .oscdump ? FilePath("/usr/bin/oscdump") : Self.python ?? ""
        let arguments = self == .oscdump ? ["-L", "\(port)"] : [Self.script("listen.py"), "\(port)"]
        let program = ProgramRunner(path: path, environment: .inherit, log: log)
        return try await program.serve(arguments, waitsForLine: false, mayCrash: true) { running in
            try await body(OSCEar(lines: running.lines))
        }
    }
}

/// The messages that an ``OSCPeer`` has heard.
struct OSCEar: Sendable {
    let lines: Recorder<String>

    /// Address, types and arguments of a message, without the time of `oscdump`.
    static func message(_ line: String) -> String {
        let words = line.split(separator: " ").dropFirst().filter { $0 != "#T" && $0 != "#F" }
        return words.joined(separator: " ")
    }

    var count: Int { lines.all.count }

    /// Returns when each of the messages has come after the first `start` ones.
    func untilHears(_ messages: Set<String>, from start: Int = 0) async {
        await lines.until { Set($0.dropFirst(start).map(Self.message)).isSuperset(of: messages) }
    }

    /// Returns when a message with each of these beginnings has come after the first `start` ones.
    func untilHears(beginnings: [String], from start: Int = 0) async {
        await lines.until { lines in
            let heard = Set(
                lines.dropFirst(start).map { Self.message($0).split(separator: " ").prefix(2).joined(separator: " ") })
            return heard.isSuperset(of: beginnings)
        }
    }
}
