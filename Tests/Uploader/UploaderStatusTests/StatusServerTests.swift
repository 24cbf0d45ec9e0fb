import Glibc
import Logging
import Outbox
import TestKit
import Testing

@testable import UploaderStatus

@Suite(.timeLimit(.minutes(10))) struct StatusServerTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("outbox.sqlite.status") }
    private var report: StatusReport { StatusReport(isRunning: true, outbox: OutboxReport(path: "/outbox")) }

    private func server() -> StatusServer {
        StatusServer(path: path, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { [report] in report }
    }

    /// On a busy machine too, the server has the time to answer.
    private func ask() async throws -> StatusReport { try await StatusClient(clock: ManualClock()).ask(at: path) }

    /// Runs a server beside `body`, from the moment at which it listens.
    private func withServer(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            let isListening = Watched(false)
            var server = server()
            server.whenListening = { isListening.change { $0 = true } }
            group.addTask { [server] in await server.run() }
            await isListening.until { $0 }
            try await body()
        }
    }

    @Test func server_whenAsked_answersEachTime() async throws {
        try await withServer {
            let first = try await ask()
            let second = try await ask()
            #expect([first, second] == [report, report])
        }
    }

    @Test func server_whenManyAskAtOnce_answersAll() async throws {
        try await withServer {
            try await withThrowingTaskGroup(of: StatusReport.self) { group in
                for _ in 0..<8 { group.addTask { try await ask() } }
                for try await answer in group { #expect(answer == report) }
            }
        }
    }

    @Test func server_whenSomebodyAsksAndReadsNothing_answersTheNext() async throws {
        try await withServer {
            let silent = try StatusSocket.connected(to: path)
            #expect(try await ask() == report)
            _ = consume silent
        }
    }

    @Test func socket_isOpenToUserAndGroupAlone_andGoneAfterwards() async throws {
        try await withServer {
            _ = try await ask()
            var file = stat()
            #expect(lstat(path, &file) == 0 && file.st_mode & 0o777 == 0o660)
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test func socket_thatACrashHasLeft_isReplaced() async throws {
        do { _ = try StatusSocket.listening(at: path) }
        #expect(access(path, F_OK) == 0)
        await #expect(throws: StatusSocketError.nobody(path)) { try await StatusClient().ask(at: path) }
        let socket = try StatusSocket.listening(at: path)
        _ = try StatusSocket.connected(to: path)
        _ = consume socket
    }

    @Test func socket_atWhichSomebodyAnswers_isLeftToThem() throws {
        let first = try StatusSocket.listening(at: path)
        #expect(throws: StatusSocketError.inUse(path)) { _ = try StatusSocket.listening(at: path) }
        #expect("\(StatusSocketError.inUse(path))".contains("another uploader runs"))
        _ = try StatusSocket.connected(to: path)
        _ = consume first
    }

    @Test func socket_whereAFileIs_leavesIt() throws {
        #expect(creat(path, 0o600) >= 0)
        #expect(throws: StatusSocketError.occupied(path)) { _ = try StatusSocket.listening(at: path) }
        #expect(access(path, F_OK) == 0)
    }

    @Test func socket_withALongPath_saysSo() {
        let long = directory.file(String(repeating: "x", count: 108))
        #expect(throws: StatusSocketError.pathTooLong(long)) { _ = try StatusSocket.listening(at: long) }
    }

    @Test func inquiry_whenNobodyAnswers_showsTheOutboxAllTheSame() async throws {
        let outbox = directory.file("outbox.sqlite")
        let lane = Lane(strap: "chest", destination: "pulsoid")
        _ = try Outbox(path: outbox, lanes: [lane], time: ManualTime(), logger: Logger(label: "test"))
        let (report, failure) = await StatusQuery(
            outboxPath: outbox, isExact: true, candidates: [path], clock: ManualClock()
        ).ask()
        #expect(!report.isRunning)
        #expect(report.outbox.received == 0)
        #expect(report.destinations.map(\.lane) == [lane])
        #expect(failure == .nobody(path))
    }

    @Test func inquiry_aboutAnotherOutbox_doesNotTakeTheAnswer() async throws {
        try await withServer { [path] in
            let (report, _) = await StatusQuery(
                outboxPath: "/other", isExact: true, candidates: [path], clock: ManualClock()
            ).ask()
            #expect(!report.isRunning)
        }
    }
}
