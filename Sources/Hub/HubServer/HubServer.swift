package import HubStore
import HummingbirdCore
package import LocalMetrics
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Timing

/// The hub: Pulsoid's and Cardiogram's API over one `HubStore` on one port.
///
/// ```swift
/// let store = try HubStore(path: "hub.sqlite")
/// let server = HubServer(store: store, port: 0, logger: logger)
/// // … run() it in a task or a ServiceGroup …
/// let port = try await server.boundPort()
/// ```
///
/// A reading goes from the request through the group commit to disk; then, in the order of commits, to the streams of
/// every event loop; then the request is answered. A late reading (measured before others that have arrived) goes the
/// same way: streams send readings in the order of arrival, each with its time of measurement.
package struct HubServer: Service {
    /// Interval of the checks for changes by the administration, expired tokens and silent readers. Each check wakes
    /// the machine.
    private static let lookInterval = Duration.seconds(1)
    /// The tokens' last uses are written once a minute.
    private static let looksPerTokenUse = 60
    /// Streams of a hub that has lost its database stay open for this time: the others of a cluster replace a primary
    /// much sooner.
    private static let longestSilence = Duration.seconds(30)
    /// A clock that differs more from the database's is worth a warning.
    private static let usualClockOffsetSeconds = 1.0
    /// Users of one step of the retention in a shared database. One at a time would not keep up with thousands.
    private static let usersPerRetentionStep = 50
    /// Connections that may wait to be accepted.
    private static let backlog = 1024

    let store: HubStore
    private let host: String
    private let port: Int
    private let limits: HubLimits
    private let clock: any Clock<Duration>
    private let retention: Duration?
    private let trustedProxies: TrustedProxies
    let certificate: HubCertificate?
    let logger: Logger
    private let bound = BoundPort()
    private let boundMetrics = BoundPort()
    /// The loopback address of `/metrics` without a token; nil for none.
    package var metricsAddress: LoopbackAddress?
    /// Ends slow connections to ``metricsAddress``.
    package var metricsClock: any Clock<Duration> = ContinuousClock()
    /// The hub's address for users, for links in answers: `https://box.example/heart`. Nil takes it from each
    /// request.
    package var publicAddress: String?

    /// Makes a hub that listens at `host`, an address or a name. The port 0 takes a free one, see ``boundPort()``.
    /// The clock paces the checks of tokens, streams and the certificate. With a `certificate` the hub speaks only
    /// TLS. Measurements older than `retention` are deleted; nil keeps them for ever. For a connection of a trusted
    /// proxy, the client is the one that the proxy reports.
    package init(
        store: HubStore, host: String = "127.0.0.1", port: Int, limits: HubLimits = HubLimits(),
        certificate: HubCertificate? = nil, retention: Duration? = nil, trustedProxies: TrustedProxies = .none,
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.store = store
        self.host = host
        self.port = port
        self.limits = certificate == nil ? limits : limits.withTLS
        self.certificate = certificate
        self.retention = retention
        self.trustedProxies = trustedProxies
        self.clock = clock
        self.logger = logger
    }

    /// The port, as soon as the hub listens. Throws the error of ``run()`` if it cannot listen.
    package func boundPort() async throws -> Int {
        try await bound.value()
    }

    /// The port of ``metricsAddress``, as soon as the hub listens there.
    package func boundMetricsPort() async throws -> Int {
        try await boundMetrics.value()
    }

    /// Serves until graceful shutdown or cancellation. Graceful: no new connections; current requests are answered;
    /// streams are closed with 1001 (going away).
    ///
    /// - Throws: `IOError` of NIO if it cannot listen at the address.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let metrics = HubMetrics()
        let fanout = StreamFanout(group: group, store: store, metrics: metrics)
        store.database.observe { event in
            metrics.count(event)
            fanout.publish(event)
        }
        defer { store.database.observe(nil) }
        let responder = HubResponder(
            store: store, limits: limits, logger: logger, metrics: metrics, trustedProxies: trustedProxies,
            publicAddress: publicAddress)
        let securityLog = responder.securityLog
        let channel = HubChannel(responder: responder, fanout: fanout, certificate: certificate)
        let localMetrics = localMetrics(responder, channel.openConnections, group: group)
        let server = channel.server(
            configuration: ServerConfiguration(
                address: .hostname(host, port: port), backlog: Self.backlog,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    limits.connections + limits.closingConnections)),
            onServerRunning: { await bound.listening(at: $0.localAddress?.port ?? port) },
            eventLoopGroup: group, logger: logger)
        do {
            // Before the first stream, so that it misses nothing.
            try await store.database.beginFollowing()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                defer { tasks.cancelAll() }
                tasks.addTask { await lookAfterStreams(fanout, securityLog, responder.tokenUses) }
                if store.database.isShared { tasks.addTask { await store.database.followCommits() } }
                if let localMetrics { tasks.addTask { await localMetrics.run() } }
                // The others end with it, and not before: that of the metrics ends at once when the hub is stopped.
                try await server.run()
            }
        } catch {
            await bound.failed(error)
            throw error
        }
        await bound.failed(CancellationError())
    }

    private func localMetrics(
        _ responder: HubResponder, _ openConnections: OpenConnections, group: MultiThreadedEventLoopGroup
    ) -> MetricsServer? {
        metricsAddress.map { address in
            MetricsServer(
                address: address, sharedGroup: group, clock: metricsClock, logger: logger,
                whenListening: { [boundMetrics] in await boundMetrics.listening(at: $0) },
                answer: { await responder.monitoring.localAnswer($0.path, openConnections: openConnections.count) })
        }
    }

    /// Runs until it is cancelled.
    private func lookAfterStreams(
        _ fanout: StreamFanout, _ securityLog: SecurityLog, _ tokenUses: TokenUses
    ) async {
        var looks = 0
        var hasBacklog = true
        var retention = Retention(retention, aheadMilliseconds: limits.futureMilliseconds, logger: logger)
        while (try? await clock.sleep(for: Self.lookInterval)) != nil {
            do {
                try await store.database.refreshDirectory()
                if store.database.keepsMeasurements {
                    for change in try await store.database.takeNotedChanges() { securityLog.changed(change) }
                    try await retention.step(store.readings, users: Self.usersPerRetentionStep)
                    if hasBacklog { hasBacklog = try await store.sessions.summarizeSome() }
                    try await store.database.maintain(keepingFrom: firstKept)
                }
            } catch {
                logger.warning(
                    "cannot look after the database", metadata: ["error": "\(error)", "subject": "database upkeep"])
            }
            securityLog.writeFolded()
            fanout.tick(now: store.time.now())
            watchServer(fanout)
            reloadCertificateIfChanged()
            looks += 1
            if looks.isMultiple(of: Self.looksPerTokenUse) { await keep(tokenUses) }
        }
        await keep(tokenUses)
    }

    /// The oldest measurement that the retention time keeps, in milliseconds since the Unix epoch; nil for all.
    private var firstKept: Int64? {
        guard store.time.isWallClockTrusted() else { return nil }
        return retention.map { store.time.now().wallMilliseconds - $0.components.seconds * 1000 }
    }

    private func watchServer(_ fanout: StreamFanout) {
        guard let server = store.database.serverStatus else { return }
        if let silence = store.database.silence, silence > Self.longestSilence {
            fanout.closeAll(reason: "the hub has lost its database")
        }
        if let offset = server.clockOffsetSeconds, abs(offset) > Self.usualClockOffsetSeconds {
            logger.warning(
                "this machine's clock differs from the database server's",
                metadata: ["seconds": "\(offset)", "subject": "clock"])
        }
    }

    private func keep(_ tokenUses: TokenUses) async {
        let uses = tokenUses.take()
        guard !uses.isEmpty else { return }
        do {
            try await store.accounts.noteUses(uses)
        } catch {
            logger.warning(
                "cannot record the last use of tokens", metadata: ["error": "\(error)", "subject": "database upkeep"])
        }
    }

    // MARK: Watchdog: a hung part never returns.

    /// Returns after every event loop had a turn.
    package func eventLoopsAnswer() async {
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try? await loop.submit {}.get() }
    }

    /// Returns after the database was read, or the reading failed.
    package func databaseAnswers() async {
        try? await store.database.checkReading()
    }

    // MARK: Certificate

    /// Loads certificate and key again, for new connections. An invalid pair is logged, and the previous one stays.
    package func reloadCertificate() {
        if let certificate { log(certificate.reload()) }
    }

    private func reloadCertificateIfChanged() {
        if let certificate { log(certificate.reloadIfChanged()) }
    }

    private func log(_ change: HubCertificate.Change) {
        switch change {
        case .none: break
        case .loaded: logger.notice("loaded the certificate and its key again")
        case .refused(let error):
            logger.error("the new certificate is invalid; the previous one stays", metadata: ["error": "\(error)"])
        }
    }
}
