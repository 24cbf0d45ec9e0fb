import BlueZSimulator
import FoundationEssentials
import HeartRate
import NIOCore
import NIOPosix
import Synchronization
import Timing

/// One `strapline run` with one strap and an OSC output, whose datagrams are timed at their arrival.
struct BeatsTrial: Sendable {
    private static let patience: Duration = .seconds(30)
    private static let token = "token"
    /// The last beats are played this long after their packet.
    private static let delay: Duration = .seconds(3)

    var program: String
    /// The folder of the program's files; it is emptied first.
    var folder: String
    /// The bus that stands for the system bus.
    var busAddress: String
    var seconds: Int

    func run() async throws -> BeatsResult {
        let beats = BeatTimes()
        let receiver = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(BeatTimesHandler(beats))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = receiver.localAddress?.port else { throw BenchError("no port for datagrams") }
        let intervals = try await Sink.running { sink in
            try await running(sinkPort: sink.port, oscPort: port)
        }
        try await receiver.close()
        return BeatsResult(intervals: intervals, beats: beats.all)
    }

    /// Returns the intervals that the strap has sent.
    private func running(sinkPort: Int, oscPort: Int) async throws -> [Duration] {
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let config = folder + "/strapline.yaml"
        try configuration(sinkPort, oscPort).write(toFile: config, atomically: false, encoding: .utf8)
        let sent = Mutex<[Duration]>([])
        let simulator = try await Simulator.start(on: busAddress) { measurement in
            let intervals = (try? HeartRateMeasurement(decoding: measurement.bytes))?.rrIntervals ?? []
            sent.withLock { $0 += intervals.map { .seconds(1) * Int($0) / 1024 } }
        }
        await simulator.add(SimulatedStrap(address: Contestant.strapAddress, name: "Bench Strap"))
        _ = try await UploaderProcess(
            commandLine: [program, "run", "--config", config],
            environment: ["DBUS_SYSTEM_BUS_ADDRESS": busAddress, "TOKEN": Self.token]
        ).running { _ in
            try await withTimeout(Self.patience) { try await simulator.untilSubscribed(Contestant.strapAddress) }
            let start = ContinuousClock.now
            for second in 0..<seconds {
                try await Task.sleep(until: start + .seconds(second), tolerance: .zero)
                guard await simulator.notify(Contestant.strapAddress) != nil else {
                    throw BenchError("it does not listen to the strap any more")
                }
            }
            try await Task.sleep(for: Self.delay)
        }
        await simulator.stop()
        return sent.withLock { $0 }
    }

    private func configuration(_ sinkPort: Int, _ oscPort: Int) -> String {
        """
        straps:
          - name: chest
            address: "\(Contestant.strapAddress)"
            destinations:
              - service: pulsoid
                token_environment: TOKEN
        outputs:
          - kind: osc
            targets: ["127.0.0.1:\(oscPort)"]
        services:
          pulsoid:
            address: http://127.0.0.1:\(sinkPort)
            requests_per_second: 0
        outbox:
          path: \(folder)/queue.sqlite
        clock:
          wait_seconds: 0
        log:
          level: warning

        """
    }
}

/// When a beat has arrived.
private final class BeatTimes: Sendable {
    private struct State {
        var isOn: Bool?
        var times: [ContinuousClock.Instant] = []
    }

    private let state = Mutex(State())

    var all: [ContinuousClock.Instant] { state.withLock { $0.times } }

    /// The toggle has this value now. Its reset is no beat.
    func note(isOn: Bool, at time: ContinuousClock.Instant) {
        state.withLock { state in
            defer { state.isOn = isOn }
            if let before = state.isOn, before != isOn { state.times.append(time) }
        }
    }
}

private final class BeatTimesHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private static let address = Array("/avatar/parameters/HeartBeatToggle".utf8)

    private let beats: BeatTimes

    init(_ beats: BeatTimes) {
        self.beats = beats
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = ContinuousClock.now
        let bytes = Array(unwrapInboundIn(data).data.readableBytesView)
        guard bytes.starts(with: Self.address), bytes.count > Self.address.count, bytes[Self.address.count] == 0
        else { return }
        beats.note(isOn: bytes.suffix(4).contains(UInt8(ascii: "T")), at: now)
    }
}
