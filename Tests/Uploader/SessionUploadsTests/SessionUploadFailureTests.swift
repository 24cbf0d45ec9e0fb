import Destinations
import FoundationEssentials
import Glibc
import TestKit
import Testing
import Timing
import WebClient

@testable import Outbox
@testable import SessionUploads

/// What one destination or one session does to the others.
@Suite(.timeLimit(.minutes(10))) struct SessionUploadFailureTests {
    private let fixture: SessionUploadFixture

    init() throws {
        fixture = try SessionUploadFixture()
    }

    @Test func destination_thatHangs_delaysNoOther_inTheNextMinutes() async throws {
        try await StubServer.run { connection in
            _ = try await connection.request()
            try await connection.untilClosed()
        } during: { server in
            let clock = ManualClock()
            let service = SessionUploadService(
                outbox: fixture.outbox, time: fixture.time, clock: clock, logger: SessionUploadFixture.logger)
            await service.change(to: [
                try fixture.target("runalyze", server.url),
                try fixture.target("folder", options: ["path": .text(fixture.directory.path)]),
            ])
            let running = Task { try await service.run() }
            for count in 1...3 {
                await clock.untilSleeping()
                try await fixture.wear()
                fixture.pause()
                clock.advance(by: SessionUploadService.interval)
                while try await fixture.uploads().count(where: { $0.state == .uploaded }) < count { await Task.yield() }
            }
            while try await !fixture.uploads().contains(where: { $0.destination == "runalyze" && $0.isBegun }) {
                await Task.yield()
            }
            let hung = try await fixture.uploads().filter { $0.destination == "runalyze" }
            #expect(hung.map(\.state) == [.waiting, .waiting, .waiting])
            #expect(hung.map(\.isBegun) == [true, false, false], "one upload is under way")
            running.cancel()
            try await running.value
        }
    }

    @Test func session_thatTheServiceCannotRead_delaysNoOther() async throws {
        let requests = Recorder<StubRequest>()
        try await StubServer.run { connection in
            while let request = try await connection.request() {
                requests.append(request)
                // The service crashes over the first session.
                let isFirst = request.bytes == requests.all[0].bytes
                try await connection.answer(isFirst ? .json(500, "") : .json(200, "{}"))
            }
        } during: { server in
            let service = await fixture.service(try fixture.target("runalyze", server.url))
            await service.pass()
            for _ in 0..<3 {
                try await fixture.wear()
                fixture.pause()
                await service.pass()
                fixture.time.advance(milliseconds: 900_000)
            }
            await service.pass()
            #expect(try await fixture.uploads().map(\.state) == [.waiting, .uploaded, .uploaded])
            #expect(await service.statuses.map(\.state) == [.retrying])
        }
    }

    @Test func session_ofMoreThanADay_isSetAside_withAWayOut() async throws {
        let service = await fixture.service(
            try fixture.target("folder", options: ["path": .text(fixture.directory.path)]))
        await service.pass()
        // A reading each nine minutes.
        try await fixture.wear(seconds: 190, step: 540_000)
        fixture.pause()
        await service.pass()
        let upload = try #require(try await fixture.uploads().first)
        #expect(upload.state == .setAside && upload.reason?.contains("longer than 28 hours") == true)
        #expect(upload.reason?.contains("strapline export --format fit") == true)
    }

    @Test func upload_thatTimesOut_isLookedFor_andNotRepeated() async throws {
        var limits = SessionUploadFixture.patientLimits
        limits.silenceTimeout = .seconds(5)
        let requests = Recorder<StubRequest>()
        try await StubServer.run { connection in
            while let request = try await connection.request() {
                requests.append(request)
                // It has the file, and is slow to say so.
                if request.method == "POST" { return try await connection.untilClosed() }
                let upload = try #require(requests.all.first)
                let rest = try #require(upload.target.split(separator: "external_id=").dropFirst().first)
                let id = rest.prefix { $0 != "&" }
                try await connection.answer(.json(200, #"[{"id":"i5","external_id":"\#(id)"}]"#))
            }
        } during: { [limits] server in
            let service = await fixture.service(try fixture.target("intervals.icu", server.url, limits: limits))
            await service.pass()
            try await fixture.wear()
            fixture.pause()
            await service.pass()
            #expect(await service.statuses.map(\.state) == [.retrying])
            await requests.until { !$0.isEmpty }
            // The same destination, with time for the answer to the search.
            await service.change(to: [try fixture.target("intervals.icu", server.url)])
            fixture.time.advance(milliseconds: 900_000)
            await service.pass()
            #expect(requests.all.map(\.method) == ["POST", "GET"])
            #expect(try await fixture.uploads().map(\.remoteID) == ["i5"])
        }
    }

    @Test func session_whoseBeginningHasLeftTheHistory_isNoOtherSession() async throws {
        try await StubServer.run(answering: [.json(200, "{}")]) { server, _ in
            let service = await fixture.service(try fixture.target("runalyze", server.url))
            await service.pass()
            try await fixture.wear()
            fixture.pause()
            await service.pass()
        }
        let whole = try #require(try await fixture.uploads().first)
        let rest = SessionUpload(
            externalID: "strapline-boot-1-90-\(whole.ids.upperBound)", strap: whole.strap,
            ids: 90...whole.ids.upperBound, destination: whole.destination, atMilliseconds: 0)
        let request = try SessionUploadRequest(path: fixture.path)
        #expect(try await request.request(rest) == .isUploaded)
        #expect(try await fixture.uploads().count == 1)
        // Another session, and the wish of the user.
        let next = SessionUpload(
            externalID: "strapline-boot-1-300-400", strap: whole.strap, ids: 300...400,
            destination: whole.destination, atMilliseconds: 0)
        #expect(try await request.request(next) == .requested)
        #expect(try await request.request(rest, again: true) == .requested)
    }

    /// Between two looks of the service the file is damaged and moved aside, or removed and written again.
    @Test(arguments: [OutboxError.Code.damaged, .vanished])
    func outbox_whoseFileIsReplaced_isFollowed(fault: OutboxError.Code) async throws {
        let service = await fixture.service(
            try fixture.target("folder", options: ["path": .text(fixture.directory.path)]))
        await service.pass()
        try await fixture.wear()
        fixture.pause()
        await service.pass()
        if fault == .vanished {
            for ending in ["", "-wal", "-shm"] { unlink(fixture.path + ending) }
        }
        await fixture.outbox.beginOutage(OutboxError(fault, path: fixture.path, detail: "a test"))
        while await fixture.outbox.storageStatus.problem != nil { await fixture.outbox.recover() }
        await service.pass()
        try await fixture.wear()
        fixture.pause()
        await service.pass()
        let uploads = try await fixture.uploads()
        #expect(uploads.count == (fault == .damaged ? 1 : 2), "a damaged file takes its uploads with it")
        #expect(uploads.last?.ids == 201...400 && uploads.last?.state == .uploaded)
    }
}
