import AsyncHTTPClient
import HubAPI
import HubFixtures
import HubServer
import LocalMetrics
import Logging
import NIOCore
import NIOHTTP1
import PulsoidAPI
import ServiceLifecycle
import TestKit
import Timing

@testable import HubStore

/// A hub in this process, on a free port, over a database of its own (see `TestDatabase`). Its time stands still.
struct TestHub {
    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let body: String
    }

    let database: TestDatabase
    let store: HubStore
    let time: ManualTime
    let clock: ManualClock
    let port: Int
    /// Of the listener for programs on this machine.
    let metricsPort: Int

    /// Runs a hub while `body` runs; `database` is where another file than one of its own is wanted. The `stopwatch`
    /// measures the silence of a server.
    static func run<Value: Sendable>(
        limits: HubLimits = HubLimits(), database: String? = nil, on shared: TestDatabase? = nil,
        patience: Duration = TestDatabase.patience, stopwatch: any TimeSource = KernelTime(),
        certificate: HubCertificate? = nil,
        retention: Duration? = nil, trustedProxies: TrustedProxies = .none, publicAddress: String? = nil,
        log: Logger = TestHub.noLog,
        _ body: @escaping @Sendable (TestHub) async throws -> Value
    ) async throws -> Value {
        try await runUntilStopped(
            limits: limits, database: database, on: shared, patience: patience, stopwatch: stopwatch,
            certificate: certificate, retention: retention, trustedProxies: trustedProxies,
            publicAddress: publicAddress, log: log
        ) { hub, _ in
            try await body(hub)
        }
    }

    static var noLog: Logger { Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() } }

    /// The same; `body` may stop the hub gracefully.
    static func runUntilStopped<Value: Sendable>(
        limits: HubLimits = HubLimits(), database: String? = nil, on shared: TestDatabase? = nil,
        patience: Duration = TestDatabase.patience, stopwatch: any TimeSource = KernelTime(),
        certificate: HubCertificate? = nil,
        retention: Duration? = nil, trustedProxies: TrustedProxies = .none, publicAddress: String? = nil,
        log logger: Logger = TestHub.noLog,
        _ body: @escaping @Sendable (TestHub, _ stop: @escaping @Sendable () -> Void) async throws -> Value
    ) async throws -> Value {
        let database = try shared ?? database.map { TestDatabase(.file($0)) } ?? TestDatabase()
        let time = ManualTime()
        let clock = ManualClock()
        let store = try await database.open(time: time, patience: patience, stopwatch: stopwatch)
        var server = HubServer(
            store: store, port: 0, limits: limits, certificate: certificate, retention: retention,
            trustedProxies: trustedProxies, clock: clock, logger: logger)
        server.metricsAddress = LoopbackAddress("127.0.0.1:0")
        // No connection is too slow.
        server.metricsClock = ManualClock()
        server.publicAddress = publicAddress
        let serving = server
        let services = ServiceGroup(services: [serving], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            defer { group.cancelAll() }
            let port = try await serving.boundPort()
            let hub = TestHub(
                database: database, store: store, time: time, clock: clock, port: port,
                metricsPort: try await serving.boundMetricsPort())
            let (stops, stop) = AsyncStream.makeStream(of: Void.self)
            group.addTask { for await _ in stops { await services.triggerGracefulShutdown() } }
            return try await body(hub) { stop.yield() }
        }
    }

    /// A moment in milliseconds that the hub believes.
    var now: Int64 { time.now().wallMilliseconds }

    /// A new user with a token, which may allow programs.
    func addUser(
        _ name: String, scopes: [String] = HubScope.all, mayConsent: Bool = true, lifetime: Duration? = nil
    ) async throws -> IssuedToken {
        let user = try await store.accounts.addUser(named: name)
        return try await store.accounts.issueToken(
            forUser: String(user.id), scopes: scopes, mayConsent: mayConsent, lifetime: lifetime)
    }

    func send(
        _ method: HTTPMethod, _ path: String, token: String? = nil, headers: HTTPHeaders = [:], body: String? = nil,
        port: Int? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port ?? self.port)\(path)")
        request.method = method
        request.headers = headers
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .minutes(1))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: bytes))
    }

    @discardableResult
    func write(_ heartRate: Int, at milliseconds: Int64, token: String) async throws -> Answer {
        let message = HeartRateMessage(measuredAtMilliseconds: milliseconds, heartRate: heartRate)
        return try await send(.POST, PulsoidPath.data, token: token, body: message.text())
    }

    /// Of a file.
    var path: String { database.path }

    /// Another process of the same database.
    func openAnother(isCommand: Bool = false) async throws -> HubStore {
        try await database.open(time: time, isCommand: isCommand)
    }

    func rowCount(_ table: String) async throws -> Int {
        try await store.database.read { try $0.value("SELECT count(*) FROM \(table)") ?? 0 }
    }

    /// Returns when the hub has heard of all commits so far. It hears of those in a shared database after its answer.
    func untilCommitsAreHeard() async throws {
        try await store.database.engine.followDirectory()
    }

    /// Lets the hub look after its streams once.
    func tick() async {
        await clock.untilSleeping()
        clock.advance(by: .seconds(1))
        await clock.untilSleeping()
    }
}
