import FoundationEssentials
import Glibc
import Subprocess
import TestKit
import Testing

/// `strapline doctor` as a process of its own. That it ends with 0 when all is well is tested with a real bluetoothd.
@Suite(.timeLimit(.minutes(10))) struct DoctorProgramTests {
    private let daemon: PrivateBus

    init() throws {
        daemon = try PrivateBus()
    }

    /// The program is beside the one that runs the tests. (`env` becomes it, and spares a dependency for the type of a
    /// path.)
    private func run(
        _ command: String = "doctor", _ arguments: String...
    ) async throws -> (output: String, status: TerminationStatus) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let this = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let program = this.prefix(through: this.lastIndex(of: "/") ?? this.startIndex) + "strapline"
        let result = try await Subprocess.run(
            .name("env"),
            arguments: .init(["DBUS_SYSTEM_BUS_ADDRESS=\(daemon.address)", String(program), command] + arguments),
            input: .none, output: .string(limit: 1 << 20), error: .combinedWithOutput)
        return (result.standardOutput, result.terminationStatus)
    }

    @Test func doctor_withoutBluetoothd_endsAsUnavailable_andSaysSoInJSON() async throws {
        let (output, status) = try await run("doctor", "--json")
        #expect(status == .exited(69))
        struct Document: Decodable {
            struct Finding: Decodable {
                let check, level, sentence: String
                let mend: String?
            }
            let problems, warnings: Int
            let findings: [Finding]
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(output.utf8))
        // The machine that runs the test may have others.
        #expect(document.problems >= 1)
        #expect(document.findings.contains { $0.check == "bluetoothd" && $0.level == "problem" && $0.mend != nil })
    }

    @Test func doctor_withAWrongConfiguration_examinesTheMachineAllTheSame() async throws {
        let (output, status) = try await run("doctor", "--config", "/nowhere.yaml")
        #expect(status == .exited(69))
        #expect(output.contains("/nowhere.yaml: cannot be read."))
        #expect(output.contains("bluetoothd is not running"))
    }

    @Test func checkAndDoctor_warnOfPlainHTTPBeyondThisMachine_andOfAConfigurationThatOthersMayChange() async throws {
        let folder = TemporaryDirectory()
        let token = folder.file("token")
        try Data("8c4da3ce-7ed7-4a19-a1f1-058498661e45".utf8).write(to: URL(filePath: token))
        chmod(token, 0o600)
        let file = folder.file("strapline.yaml")
        func write(_ address: String, mode: mode_t) throws {
            let yaml =
                "straps: [{name: a, destinations: [{service: pulsoid, address: '\(address)', token_file: \(token)}]}]\n"
                + "outbox: {path: \(folder.file("o"))}\n"
            try Data(yaml.utf8).write(to: URL(filePath: file))
            chmod(file, mode)
        }
        for (address, mode, encryption, change) in [
            ("http://hub.invalid", 0o666, true, true), ("http://hub.invalid/heart", 0o640, true, false),
            ("http://127.0.0.1:1", 0o660, false, true), ("https://hub.invalid", 0o644, false, false),
        ] as [(String, mode_t, Bool, Bool)] {
            try write(address, mode: mode)
            for command in ["check", "doctor"] {
                let (output, _) = try await run(command, "--config", file)
                #expect(output.contains("is not encrypted") == encryption, "\(command) \(address): \(output)")
                #expect(output.contains("other users can change \(file)") == change, "\(command): \(output)")
            }
            #expect(try await run("check", "--config", file).status == .exited(0))
        }
        chmod(token, 0o640)
        for command in ["check", "doctor"] {
            #expect(try await run(command, "--config", file).output.contains("can be read or written by other users"))
        }
    }
}
