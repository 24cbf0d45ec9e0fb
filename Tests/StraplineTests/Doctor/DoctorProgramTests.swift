import FoundationEssentials
import Glibc
import Subprocess
import TestKit
import Testing

/// `strapline doctor` as a process of its own. That it ends with 0 when all is well is tested with a real bluetoothd.
@Suite(.timeLimit(.minutes(1))) struct DoctorProgramTests {
    private let daemon: PrivateBus

    init() throws {
        daemon = try PrivateBus()
    }

    /// The program stands beside the one that runs the tests. (`env` becomes it, and spares a dependency for the type of a
    /// path.)
    private func run(_ arguments: String...) async throws -> (output: String, status: TerminationStatus) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let this = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let program = this.prefix(through: this.lastIndex(of: "/") ?? this.startIndex) + "strapline"
        let result = try await Subprocess.run(
            .name("env"),
            arguments: .init(["DBUS_SYSTEM_BUS_ADDRESS=\(daemon.address)", String(program), "doctor"] + arguments),
            input: .none, output: .string(limit: 1 << 20), error: .discarded)
        return (result.standardOutput, result.terminationStatus)
    }

    @Test func doctor_withoutBluetoothd_endsAsUnavailable_andSaysSoInJSON() async throws {
        let (output, status) = try await run("--json")
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
        #expect(document.findings.first?.check == "bluetoothd")
        #expect(document.findings.first?.mend != nil)
    }

    @Test func doctor_withAWrongConfiguration_examinesTheMachineAllTheSame() async throws {
        let (output, status) = try await run("--config", "/nowhere.yaml")
        #expect(status == .exited(69))
        #expect(output.contains("/nowhere.yaml: cannot be read."))
        #expect(output.contains("bluetoothd is not running"))
    }
}
