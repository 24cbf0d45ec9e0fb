import BlueZSimulator
import ProcessHarness
import Subprocess
import SystemPackage
import TestKit
import Testing

/// `strapline run` with the output `bluetooth`: readers get the strap's packets while it uploads them.
@Suite(.timeLimit(.minutes(10)), .serialized) struct BluetoothOutputTests {
    private static let strap = "C4:11:22:33:44:55"
    private static let watch = "00:11:22:33:44:01"
    private static let second = SimulatedAdapter(name: "hci1", address: "00:1A:7D:DA:71:99")

    private let folder = TemporaryDirectory()

    private func configure(_ address: String) throws -> String {
        let text = """
            outbox: { path: "\(folder.file("outbox.sqlite"))" }
            clock: { wait_seconds: 0 }
            bluetooth: { adapter: "\(SimulatedAdapter().address)" }
            straps:
              - name: chest
                address: "\(Self.strap)"
                destinations: [{ service: http, address: "\(address)" }]
            outputs:
              - { kind: bluetooth, adapter: "\(Self.second.address)" }
            """
        return try PrivateFile.write(text, to: FilePath(folder.file("strapline.yaml")))
    }

    @Test func run_servesTheStrapsPacketsByteForByte_whileItUploads_andNothingWithoutThem() async throws {
        let bus = try PrivateBus()
        let sent = Recorder<[UInt8]>()
        let simulator = try await Simulator.start(on: bus.address, adapters: [SimulatedAdapter(), Self.second]) {
            sent.append($0.bytes)
        }
        await simulator.add(SimulatedStrap(address: Self.strap, name: "H10"))
        let uploader = ProgramRunner.strapline(
            in: folder, environment: .inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": bus.address]))
        try await StubServer.run(answering: [StubAnswer(200)]) { server, requests in
            let file = try configure(server.url)
            try await uploader.serve(["run", "--config", file], waitsForLine: false) { running in
                try await simulator.untilSubscribed(Self.strap)
                _ = await simulator.notify(Self.strap, count: 1)
                try await simulator.until { $0.adapters["hci1"]?.isAdvertising == true }
                #expect(await simulator.status.adapters["hci0"]?.applications == 0)
                try await simulator.connectReader(Self.watch, adapter: "hci1")
                try await simulator.subscribeReader(Self.watch, adapter: "hci1")
                _ = await simulator.notify(Self.strap, count: 25)
                try await simulator.until { $0.adapters["hci1"]?.readers[Self.watch]?.values.count == 25 }
                let read = await simulator.status.adapters["hci1"]?.readers[Self.watch]?.values
                #expect(read == Array(sent.all.dropFirst()))
                await requests.until { $0.count == 26 }
                // Out of range: nothing is repeated, and the sensor is not found.
                await simulator.disappear(Self.strap)
                try await simulator.until { $0.adapters["hci1"]?.isAdvertising == false }
                #expect(await simulator.status.adapters["hci1"]?.readers[Self.watch]?.values.count == 25)
                await simulator.appear(Self.strap)
                try await simulator.untilSubscribed(Self.strap)
                // A packet that comes before the answer to StartNotify makes no link live: a later one does.
                var posted = 26
                while await simulator.status.adapters["hci1"]?.readers[Self.watch]?.values.count == 25 {
                    _ = await simulator.notify(Self.strap, count: 1)
                    posted += 1
                    await requests.until { [posted] in $0.count == posted }
                }
                await running.stop()
            }
        }
        try await simulator.until { $0.adapters["hci1"]?.applications == 0 }
    }
}
