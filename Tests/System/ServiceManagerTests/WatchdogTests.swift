import Logging
import ServiceManager
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct WatchdogTests {
    private let clock = ManualClock()
    private let resets = Recorder<Void>()
    private let log = Recorder<String>()

    private func watchdog(_ parts: Watchdog.Part...) -> Watchdog {
        let logger = Logger(label: "test") { [log] _ in RecordingLogHandler(log) }
        return Watchdog(timeout: .seconds(60), parts: parts, clock: clock, logger: logger)
    }

    @Test func watchdog_whileAllPartsAnswer_isResetTwiceInATimeout() async {
        let watchdog = watchdog(.init(name: "outbox") {})
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [resets] in await watchdog.run { resets.append(()) } }
            for count in 1...3 {
                await resets.until { $0.count == count }
                await clock.waitOut(.seconds(30))
            }
            group.cancelAll()
        }
        #expect(log.all.isEmpty)
    }

    @Test func watchdog_whenAPartHangs_stopsAndNamesIt() async {
        let hangs = Watched(false)
        let watchdog = watchdog(
            .init(name: "straps") {},
            .init(name: "outbox") { await hangs.until { !$0 } })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [resets] in await watchdog.run { resets.append(()) } }
            await resets.until { $0.count == 1 }
            hangs.change { $0 = true }
            await clock.waitOut(.seconds(30))
            await clock.waitOut(.seconds(15))
            await log.until { $0.count == 1 }
            #expect(resets.all.count == 1)
            // It goes on when the part does.
            hangs.change { $0 = false }
            await resets.until { $0.count == 2 }
            group.cancelAll()
        }
        #expect(log.all == ["a part of the program does not answer: the service manager will restart it outbox"])
    }
}
