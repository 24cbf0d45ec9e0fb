import BlueZ
import BlueZSimulator
import DBus
import FoundationEssentials
import TestKit
import Testing
import UploaderConfiguration

@testable import Doctor

/// The whole of it, on a machine that a test made up.
@Suite(.timeLimit(.minutes(10))) struct DiagnosticRunTests {
    private let daemon: PrivateBus
    private let tree = SystemTree()
    private let folder = TemporaryDirectory()
    /// Stands still: however slow the machine is, no time is over.
    private let clock = ManualClock()

    init() throws {
        daemon = try PrivateBus()
    }

    private var examination: DiagnosticRun {
        let address = daemon.address
        return DiagnosticRun(
            machine: MachineProbe(files: tree.files, clock: clock, offersLowEnergy: { _ in true }),
            surveyor: BluetoothSurveyor(clock: clock) { try await Bus.connect(to: address) }, time: ManualTime(),
            clock: clock)
    }

    private func plan(pulsoid url: String) throws -> UploadPlan {
        try Data("8c4da3ce-7ed7-4a19-a1f1-058498661e45".utf8).write(to: URL(filePath: folder.file("token")))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.file("token"))
        let yaml = """
            straps:
              - name: chest
                destinations:
                  - service: pulsoid
                    address: \(url)
                    token_file: \(folder.file("token"))
            outbox:
              path: \(folder.file("outbox.sqlite"))
            """
        return try UploadPlan(try ConfigurationFile.parse(yaml, path: "test.yaml"))
    }

    @Test func findings_whenAllIsWell_areNoProblem() async throws {
        try await tree.install(script: "echo 5.66", at: BluetoothdProgram.usualPaths[0])
        let simulator = try await Simulator.start(on: daemon.address)
        await simulator.add(SimulatedStrap(address: "C0:FF:EE:00:00:01", name: "Strap"))
        let validation = #"{"client_id":"c","expires_in":8640000,"scopes":["data:heart_rate:write"]}"#
        let findings = try await StubServer.run(answering: [.json(200, validation)]) { server, _ in
            await examination.findings(try plan(pulsoid: server.url))
        }
        #expect(
            findings.map(\.check) == [
                .bus, .bluetoothd, .bluezVersion, .adapter, .strap, .signal, .clock, .service, .token, .outbox, .disk,
            ])
        #expect(findings.filter { $0.check != .disk }.allSatisfy { $0.level == .ok }, "\(findings)")
        await simulator.stop()
    }

    @Test func findings_whenRfkillBlocksTheAdapter_nameTheCause() async throws {
        for (name, text) in [("type", "bluetooth"), ("name", "hci0"), ("soft", "1"), ("hard", "0")] {
            try tree.write(text + "\n", to: "/sys/class/rfkill/rfkill0/" + name)
        }
        let simulator = try await Simulator.start(on: daemon.address)
        await simulator.setBlocked(true)
        let problems = await examination.findings(nil).filter { $0.level == .problem }
        #expect(problems.map(\.check) == [.power, .rfkill])
        #expect(problems.last?.remedy == "sudo rfkill unblock bluetooth")
        await simulator.stop()
    }

    @Test func findings_withoutBluetoothd_areTheMachinesOnly() async throws {
        let findings = await examination.findings(nil)
        #expect(findings.map(\.check) == [.bluetoothd, .clock])
        #expect(findings.map(\.level) == [.problem, .ok])
    }
}
