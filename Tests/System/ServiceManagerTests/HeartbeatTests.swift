import Logging
import ServiceManager
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct HeartbeatTests {
    private let clock = ManualClock()
    private let beats = Recorder<Void>()
    private let log = Recorder<String>()

    private func heartbeat(_ parts: Heartbeat.Part...) -> Heartbeat {
        let logger = Logger(label: "test") { [log] _ in RecordingLogHandler(log) }
        return Heartbeat(timeout: .seconds(60), parts: parts, clock: clock, logger: logger)
    }

    @Test func heartbeat_whileAllPartsAnswer_beatsTwiceInATimeout() async {
        let heartbeat = heartbeat(.init(name: "outbox") {})
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [beats] in await heartbeat.run { beats.append(()) } }
            for count in 1...3 {
                await beats.until { $0.count == count }
                await clock.waitOut(.seconds(30))
            }
            group.cancelAll()
        }
        #expect(log.all.isEmpty)
    }

    @Test func heartbeat_whenAPartHangs_stopsAndNamesIt() async {
        let hangs = Watched(false)
        let heartbeat = heartbeat(
            .init(name: "straps") {},
            .init(name: "outbox") { await hangs.until { !$0 } })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [beats] in await heartbeat.run { beats.append(()) } }
            await beats.until { $0.count == 1 }
            hangs.change { $0 = true }
            await clock.waitOut(.seconds(30))
            await clock.waitOut(.seconds(15))
            await log.until { $0.count == 1 }
            #expect(beats.all.count == 1)
            // It goes on when the part does.
            hangs.change { $0 = false }
            await beats.until { $0.count == 2 }
            group.cancelAll()
        }
        #expect(log.all == ["a part of the program does not answer: the service manager will start it anew outbox"])
    }
}
