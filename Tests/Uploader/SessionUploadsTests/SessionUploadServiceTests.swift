import Destinations
import FoundationEssentials
import TestKit
import Testing
import Timing

@testable import Outbox
@testable import SessionUploads

@Suite(.timeLimit(.minutes(10))) struct SessionUploadServiceTests {
    private let fixture: SessionUploadFixture

    init() throws {
        fixture = try SessionUploadFixture()
    }

    /// The uploads among the requests.
    private static func posts(_ requests: Recorder<StubRequest>) -> [StubRequest] {
        requests.all.filter { $0.method == "POST" }
    }

    @Test func session_whenItIsOver_isUploadedOnce_acrossRestarts() async throws {
        try await StubServer.run(answering: [.json(200, #"{"id":"i999"}"#)]) { server, requests in
            let service = await fixture.service(try fixture.target("intervals.icu", server.url))
            await service.pass()
            try await fixture.wear()
            await service.pass()
            #expect(requests.all.isEmpty, "it runs still")
            fixture.pause()
            await service.pass()
            await service.pass()
            let upload = try #require(try await fixture.uploads().first)
            #expect(upload.state == .uploaded && upload.remoteID == "i999" && !upload.isBegun)
            #expect(requests.all.count == 1 && requests.all[0].target.contains("external_id=\(upload.externalID)&"))
            #expect(requests.all[0].header("Authorization") == "Basic QVBJX0tFWTphLXNlY3JldC1rZXk=")
            try await fixture.reopen()
            let next = await fixture.service(try fixture.target("intervals.icu", server.url))
            await next.pass()
            #expect(requests.all.count == 1)
            #expect(await next.statuses.map(\.uploaded) == [1])
        }
    }

    @Test func session_fromBeforeTheConfiguration_isUploadedOnRequestOnly() async throws {
        try await fixture.wear()
        fixture.pause()
        try await StubServer.run(answering: [.json(200, "{}")]) { server, requests in
            let service = await fixture.service(try fixture.target("runalyze", server.url))
            await service.pass()
            #expect(requests.all.isEmpty)
            try await fixture.wear()
            fixture.pause()
            await service.pass()
            #expect(requests.all.count == 1 && requests.all[0].header("token") == "a-secret-key")
            let request = try SessionUploadRequest(path: fixture.path)
            let old = SessionUpload(
                externalID: "strapline-boot-1-1-200", strap: "anna", ids: 1...200, destination: "runalyze",
                atMilliseconds: 0)
            #expect(try await request.request(old) == .requested)
            #expect(try await request.request(old) == .isWaiting)
            await service.pass()
            #expect(requests.all.count == 2)
            #expect(try await request.request(old) == .isUploaded)
            #expect(try await request.request(old, again: true) == .requested)
        }
    }

    /// The account of one person never gets the heart of another, whatever waits in the outbox.
    @Test func session_ofAnotherStrap_thatWaits_isSetAside() async throws {
        try await fixture.wear()
        try await fixture.wear(strap: "ben")
        fixture.pause()
        try await StubServer.run(answering: [.json(200, "{}")]) { server, requests in
            let service = await fixture.service(try fixture.target("runalyze", server.url, strap: "anna"))
            await service.pass()
            let request = try SessionUploadRequest(path: fixture.path)
            for (strap, ids) in [("anna", Int64(1)...200), ("ben", 201...400)] {
                let upload = SessionUpload(
                    externalID: "strapline-boot-1-\(strap)", strap: strap, ids: ids, destination: "runalyze",
                    atMilliseconds: 0)
                #expect(try await request.request(upload) == .requested)
            }
            await service.pass()
            #expect(requests.all.count == 1)
            let uploads = try await fixture.uploads()
            #expect(uploads.map(\.strap) == ["anna", "ben"] && uploads.map(\.state) == [.uploaded, .setAside])
            #expect(uploads[1].reason?.hasPrefix("Only sessions of the strap anna go there") == true)
        }
    }

    @Test func session_whoseServiceFails_isTriedAgain_andArrivesOnce() async throws {
        let answers: [StubAnswer] = [
            .json(500, ""), .json(429, "slow down"), .json(502, ""), .json(200, #"{"status":"success","queue_id":7}"#),
        ]
        try await StubServer.run(answering: answers) { server, requests in
            let service = await fixture.service(try fixture.target("runalyze", server.url))
            await service.pass()
            try await fixture.wear()
            fixture.pause()
            await service.pass()
            #expect(await service.statuses.map(\.state) == [.retrying])
            for _ in 0..<10 {
                fixture.time.advance(milliseconds: 900_000)
                await service.pass()
            }
            #expect(requests.all.count == 4)
            #expect(try await fixture.uploads().map(\.remoteID) == ["7"])
            #expect(await service.statuses.map(\.state) == [.idle])
        }
    }

    @Test func service_thatNamesATime_isNotAskedBefore() async throws {
        let busy = StubAnswer(429, headers: [("Retry-After", "1800")])
        try await StubServer.run(answering: [busy, .json(200, "{}")]) { server, requests in
            let service = await fixture.service(try fixture.target("intervals.icu", server.url))
            await service.pass()
            try await fixture.wear()
            fixture.pause()
            await service.pass()
            fixture.time.advance(milliseconds: 1_799_000)
            await service.pass()
            #expect(requests.all.count == 1)
            fixture.time.advance(milliseconds: 1_000)
            await service.pass()
            // The outcome of the first one is not known: the service is asked first.
            #expect(requests.all.map(\.method) == ["POST", "GET"])
        }
    }

    @Test func upload_whoseConnectionBreaksAfterTheBody_isLookedFor_andNotRepeated() async throws {
        let requests = Recorder<StubRequest>()
        try await StubServer.run { connection in
            while let request = try await connection.request() {
                requests.append(request)
                if request.method == "POST" { return try await connection.reset() }
                let upload = try #require(Self.posts(requests).first)
                let rest = try #require(upload.target.split(separator: "external_id=").dropFirst().first)
                let id = rest.prefix { $0 != "&" }
                try await connection.answer(.json(200, #"[{"id":"i1"},{"id":"i2","external_id":"\#(id).fit"}]"#))
            }
        } during: { server in
            let service = await fixture.service(try fixture.target("intervals.icu", server.url))
            await service.pass()
            try await fixture.wear()
            fixture.pause()
            await service.pass()
            #expect(try await fixture.uploads().map(\.isBegun) == [true])
            // As after kill -9: nothing but the file is left.
            try await fixture.reopen()
            let next = await fixture.service(try fixture.target("intervals.icu", server.url))
            await next.pass()
            let uploads = try await fixture.uploads()
            #expect(uploads.map(\.state) == [.uploaded] && uploads.map(\.remoteID) == ["i2"])
            #expect(Self.posts(requests).count == 1)
            let search = try #require(requests.all.first { $0.method == "GET" })
            #expect(search.target.contains("oldest=2025-12-31&newest=2026-01-02"), "\(search.target)")
        }
    }

    @Test func upload_thatNeverArrived_isRepeated() async throws {
        let requests = Recorder<StubRequest>()
        try await StubServer.run { connection in
            while let request = try await connection.request() {
                let isFirst = requests.append(request) == 0
                if isFirst { return try await connection.reset() }
                try await connection.answer(.json(200, request.method == "GET" ? "[]" : #"{"id":"i3"}"#))
            }
        } during: { server in
            let service = await fixture.service(try fixture.target("intervals.icu", server.url))
            await service.pass()
            try await fixture.wear()
            fixture.pause()
            await service.pass()
            try await fixture.reopen()
            await fixture.service(try fixture.target("intervals.icu", server.url)).pass()
            #expect(requests.all.map(\.method) == ["POST", "GET", "POST"])
            #expect(requests.all[0].bytes == requests.all[2].bytes, "the same session is the same file")
            #expect(try await fixture.uploads().map(\.remoteID) == ["i3"])
        }
    }

    @Test func upload_toAServiceThatCannotBeAsked_isRepeated_andADuplicateIsFine() async throws {
        let requests = Recorder<StubRequest>()
        try await StubServer.run { connection in
            while let request = try await connection.request() {
                if requests.append(request) == 0 { return try await connection.reset() }
                try await connection.answer(.json(400, #"{"error":"The activity is a duplicate."}"#))
            }
        } during: { server in
            let service = await fixture.service(try fixture.target("runalyze", server.url))
            await service.pass()
            try await fixture.wear()
            fixture.pause()
            await service.pass()
            fixture.time.advance(milliseconds: 900_000)
            await service.pass()
            #expect(requests.all.count == 2)
            #expect(try await fixture.uploads().map(\.state) == [.uploaded])
        }
    }

    @Test func wrongKey_pausesUploads_untilItIsReplaced() async throws {
        try await StubServer.run(answering: [.json(401, "no"), .json(200, "{}")]) { server, requests in
            let service = await fixture.service(try fixture.target("runalyze", server.url))
            await service.pass()
            try await fixture.wear()
            fixture.pause()
            await service.pass()
            let status = try #require(await service.statuses.first)
            #expect(status.state == .paused && status.waiting == 1)
            #expect(status.reason?.contains("Check the token in the token file") == true)
            #expect(status.reason?.contains("a-secret-key") == false)
            try Data("another-key\n".utf8).write(to: URL(filePath: fixture.directory.file("key")))
            fixture.time.advance(milliseconds: SessionUploadMachine.pauseMilliseconds)
            await service.pass()
            #expect(requests.all.last?.header("token") == "another-key")
            #expect(await service.statuses.map(\.state) == [.idle])
        }
    }

    @Test func rejectedSession_isSetAside_withTheReason_andDoesNotHoldTheNext() async throws {
        let answers: [StubAnswer] = [.json(422, "no heart here"), .json(200, "{}")]
        try await StubServer.run(answering: answers) { server, requests in
            let service = await fixture.service(try fixture.target("runalyze", server.url))
            await service.pass()
            for _ in 0..<2 {
                try await fixture.wear()
                fixture.pause()
            }
            await service.pass()
            #expect(try await fixture.uploads().map(\.state) == [.setAside, .uploaded])
            #expect(try await fixture.uploads()[0].reason?.contains("no heart here") == true)
            #expect(await service.statuses.map(\.setAside) == [1])
            #expect(try await SessionUploadRequest(path: fixture.path).retry(session: 1, to: "runalyze") == 1)
            await service.pass()
            #expect(try await fixture.uploads().map(\.state) == [.uploaded, .uploaded])
            #expect(requests.all.count == 3)
        }
    }

    @Test func session_whileTheClockIsWrong_waits_andIsUploadedWithItsTime() async throws {
        let time = ManualTime(wallMilliseconds: 1_000_000_000_000, isTrusted: false)
        let fixture = try SessionUploadFixture(time: time)
        let service = await fixture.service(
            try fixture.target("folder", options: ["path": .text(fixture.directory.path)]))
        try await fixture.wear()
        fixture.pause()
        await service.pass()
        #expect(await service.statuses.map(\.state) == [.waitingForClock])
        #expect(try await fixture.uploads().isEmpty)
    }

    @Test func session_ofABootWithoutATime_isSetAside_untilTheUserWantsIt() async throws {
        let wrong = ManualTime(wallMilliseconds: 1_000_000_000_000, bootID: "boot-0", isTrusted: false)
        let fixture = try SessionUploadFixture(time: wrong)
        await fixture.service(try fixture.target("folder", options: ["path": .text(fixture.directory.path)])).pass()
        try await fixture.wear()
        let right = ManualTime(bootMilliseconds: 10_000, bootID: "boot-2")
        try await fixture.reopen(time: right)
        let service = SessionUploadService(
            outbox: fixture.outbox, time: right, clock: ManualClock(), logger: SessionUploadFixture.logger)
        await service.change(to: [try fixture.target("folder", options: ["path": .text(fixture.directory.path)])])
        await service.pass()
        let upload = try #require(try await fixture.uploads().first)
        #expect(upload.state == .setAside && upload.reason?.contains("the date of the session is wrong") == true)
        #expect(try await SessionUploadRequest(path: fixture.path).retry() == 1)
        await service.pass()
        #expect(try await fixture.uploads().map(\.state) == [.uploaded])
    }

    @Test func destination_ofOneStrap_getsItsSessionsOnly() async throws {
        let folder = fixture.directory.path
        let service = await fixture.service(
            try fixture.target("folder", strap: "ben", options: ["path": .text(folder), "format": .text("tcx")]))
        await service.pass()
        try await fixture.wear(strap: "anna")
        try await fixture.wear(strap: "ben")
        fixture.pause()
        await service.pass()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".tcx") }
        #expect(names.count == 1 && names[0].hasPrefix("2026-01-01T00-03-20Z-ben-strapline-"), "\(names)")
    }

    @Test func destination_thatHangs_delaysNoOther() async throws {
        let folder = fixture.directory.path
        try await StubServer.run { connection in
            _ = try await connection.request()
            try await connection.untilClosed()
        } during: { server in
            let service = await fixture.service(
                try fixture.target("runalyze", server.url),
                try fixture.target("folder", options: ["path": .text(folder)]))
            await service.pass()
            try await fixture.wear()
            fixture.pause()
            let pass = Task { await service.pass() }
            while try await fixture.uploads().allSatisfy({ $0.state != .uploaded }) { await Task.yield() }
            while try await !fixture.uploads().contains(where: { $0.destination == "runalyze" && $0.isBegun }) {
                await Task.yield()
            }
            pass.cancel()
            await pass.value
            // Whether it arrived is not known.
            let hung = try #require(try await fixture.uploads().first { $0.destination == "runalyze" })
            #expect(hung.state == .waiting && hung.isBegun)
        }
    }

    @Test func destination_thatLeavesTheConfiguration_keepsItsSessions_andHoldsNothing() async throws {
        let service = await fixture.service(try fixture.target("folder", options: ["path": .text("/nowhere/at/all")]))
        await service.pass()
        try await fixture.wear()
        fixture.pause()
        await service.pass()
        #expect(await service.statuses.map(\.state) == [.retrying])
        #expect(await service.statuses.first?.reason?.contains("/nowhere/at/all") == true)
        await service.change(to: [])
        await service.pass()
        #expect(try await fixture.uploads().map(\.state) == [.waiting])
        #expect(try await OutboxReader(path: fixture.path).sessionUploadCounts().isEmpty)
    }

    /// The user has removed the place, so that a session stays private.
    @Test func destination_thatComesBack_beginsWithTheNextSession() async throws {
        let target = try fixture.target("folder", options: ["path": .text(fixture.directory.path)])
        let service = await fixture.service(target)
        await service.pass()
        await service.change(to: [])
        await service.pass()
        try await fixture.wear()
        fixture.pause()
        await service.change(to: [target])
        await service.pass()
        #expect(try await fixture.uploads().isEmpty)
        try await fixture.wear()
        fixture.pause()
        await service.pass()
        #expect(try await fixture.uploads().map(\.ids.lowerBound) == [201])
        try await fixture.reopen()
        try await fixture.wear()
        fixture.pause()
        await fixture.service(target).pass()
        #expect(try await fixture.uploads().map(\.state) == [.uploaded, .uploaded], "a restart is no change")
    }
}
