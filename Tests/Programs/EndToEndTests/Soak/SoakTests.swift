import CardiogramAPI
import FoundationEssentials
import HubStore
import Outbox
import ProcessHarness
import PulsoidAPI
import SystemPackage
import TestKit
import Testing

/// A week in an hour: two straps that send a week's readings, the uploader, which runs all the time, and the hub. Each
/// fault happens once on each day of the week. `make soak MINUTES=n`, with some minutes at least.
@Suite(
    .serialized,
    .enabled("only when asked for, by root, who may mount a small disk") {
        SoakStage.minutes != nil && SmallDisk.isPermitted
    })
struct SoakTests {
    /// Space for a week: a stored reading takes some 50 bytes.
    private static let diskKibibytes = 128 << 10

    @Test func week_withEveryFaultEachDay_losesNothing_andGrowsNowhere() async throws {
        let disk = try #require(SmallDisk(sizeKibibytes: Self.diskKibibytes))
        let stage = SoakStage(stack: try await StackFixture(outbox: FilePath(disk.file("outbox.sqlite"))), disk: disk)
        let stack = stage.stack
        let end = stage.start + .seconds(60 * (SoakStage.minutes ?? 0))
        let port = DeafPort.portForAnotherProgram()
        try stack.configureUploader(service: "http://127.0.0.1:\(port)")
        let report = try await stack.withUploader { uploader in
            var report = SoakReport()
            await stage.beat()
            var day = 0
            repeat {
                day += 1
                let sample = try await live(day: day, stage, uploader, port: port)
                report.add(sample)
            } while .now < end
            try await stack.withHub(port: port) { _, _ in
                try await stage.untilCalm()
                await stack.stopBeating()
                try await stack.untilAllReceived()
                await uploader.stop()
            }
            return report
        }
        try keep(report)
        try await expectNothingLost(stack)
        #expect(report.growth() == nil)
    }

    /// One day, which ends with the hub killed. Readings wait until the next day.
    private func live(
        day: Int, _ stage: SoakStage, _ uploader: ProgramRunner.Running, port: Int
    ) async throws -> SoakSample {
        let sample = try await stage.stack.withHub(port: port, mayCrash: true) { hub, _ in
            for fault in SoakFault.allCases {
                do { try await stage.suffer(fault) } catch {
                    throw SoakError(
                        description: "day \(day), \(fault.rawValue): \(error)\n\(stage.stack.log.suffix(4000))")
                }
            }
            let sample = stage.sample(day: day, uploader: uploader, hub: hub)
            try hub.kill()
            return sample
        }
        try await stage.stack.untilSent(SoakStage.readingsWithoutHub)
        return sample
    }

    private struct SoakError: Error, CustomStringConvertible {
        let description: String
    }

    /// The outbox has received every reading, and the hub has each of them once and in order.
    private func expectNothingLost(_ stack: StackFixture) async throws {
        let statistics = try await OutboxReader(path: stack.outbox.string).statistics()
        #expect(statistics.received == Int64(stack.sent.count))
        #expect(statistics.lanes.allSatisfy { $0.waiting == 0 })
        let hub = try HubStore(path: stack.database.string)
        for user in stack.users {
            let sent = stack.sent.rates(of: user.strapAddress)
            let readings = try await hub.readings.oldest(ofUser: user.userID, limit: .max)
            #expect(readings.count == sent.count)
            #expect(readings.map(\.heartRate).elementsEqual(sent), "not in order")
            let beats = try await hub.readings.oldestBeats(ofUser: user.userID, limit: .max)
            #expect(Set(beats.map(\.start)) == Set(readings.map { $0.measuredAtMilliseconds / 1000 }))
        }
    }

    private func keep(_ report: SoakReport) throws {
        guard let folder = ProcessInfo.processInfo.environment["STRAPLINE_SOAK_FOLDER"] else { return }
        try report.markdown.write(toFile: folder + "/soak.md", atomically: true, encoding: .utf8)
    }
}
