import ArgumentParser
import Console
import FoundationEssentials
import Glibc
import HubServer
import HubStore
import LocalMetrics
import Logging
import NIOCore
import ServiceLifecycle
import ServiceManager
import Timing
import UnixSignals

struct ServeCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve until SIGTERM or SIGINT. Prints the hub's address on stdout when it is ready.")

    /// How long requests and streams under way are given at the end.
    private static let shutdownTime = Duration.seconds(5)
    /// The limit of open files, if the system does not report one.
    private static let usualFileLimit = 1024

    @Option(help: "The address to listen at; 0.0.0.0 for all networks.")
    var host = "127.0.0.1"
    @Option(help: "The port to listen at; 0 takes a free port. Default: 8080.", transform: Self.port)
    var port: UInt16 = HubAddress.usualPort
    @Option(help: ArgumentHelp("The lowest log level, on stderr.", valueName: "level"))
    var logLevel = LogLevel.info
    @Option(
        help: ArgumentHelp(
            "The rate limit of a token in requests per second; 0 for no limit. More get 429.", valueName: "n"))
    var requestsPerSecond: UInt16 = UInt16(HubLimits.publishedRequestsPerSecond)
    @Option(
        help: ArgumentHelp(
            "The most open streams of a token; five times as many of a user. 0 for no limit. More get 429.",
            valueName: "n"))
    var streamsPerToken: UInt16 = UInt16(HubLimits().streamsPerToken)
    @Option(
        help: ArgumentHelp(
            "How long readings and beats are kept: a number with s, m, h or d, or forever. "
                + "Default: \(RetentionTime.usual).", valueName: "time"),
        transform: RetentionTime.init)
    var retention: RetentionTime?
    @Option(
        help: ArgumentHelp(
            "Serve TLS with this certificate (PEM, with its chain). Loaded again when the file changes, and on "
                + "SIGHUP.", valueName: "file"))
    var certificate: String?
    @Option(help: ArgumentHelp("The certificate's private key (PEM).", valueName: "file"))
    var key: String?
    @Option(
        name: .customLong("trusted-proxy"),
        help: ArgumentHelp(
            "Trust the X-Forwarded-For header of this proxy. An address or a range, such as 10.0.0.0/8; "
                + "repeat the option for more.", valueName: "address"),
        transform: TrustedProxies.Range.init(argument:))
    var trustedProxies: [TrustedProxies.Range] = []
    @Option(
        help: ArgumentHelp(
            "Serve /metrics and /healthz without a token at this port, on this machine only; 0 takes a free port. "
                + "Default: off. With a token of the administration, /metrics is at the hub's own port.",
            valueName: "port"), transform: Self.port)
    var metricsPort: UInt16?
    @Option(
        help: ArgumentHelp(
            "The loopback address of --metrics-port. Default: 127.0.0.1.", valueName: "address"))
    var metricsHost: String?
    @Option(
        help: ArgumentHelp(
            "The public address of the hub, with its path: https://box.example/heart. Login links use it. Default: "
                + "the Host of each request, with X-Forwarded-Proto and X-Forwarded-Prefix.", valueName: "url"))
    var publicAddress: HubAddress?
    @OptionGroup var database: DatabaseOptions

    private static func port(_ text: String) throws -> UInt16 {
        guard let port = UInt16(text) else { throw ValidationError("a port is a number from 0 to 65535") }
        return port
    }

    /// Nil where none was asked for.
    private var metricsAddress: LoopbackAddress? {
        guard let metricsPort else { return nil }
        let host = metricsHost ?? "127.0.0.1"
        return LoopbackAddress("\(host.contains(":") ? "[\(host)]" : host):\(metricsPort)")
    }

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--certificate and --key belong together")
        }
        if metricsHost != nil, metricsPort == nil {
            throw ValidationError("--metrics-host needs --metrics-port")
        }
        if metricsPort != nil, metricsAddress == nil {
            throw ValidationError(
                "--metrics-host must be a loopback address: 127.0.0.1, ::1 or localhost. Others read /metrics at the "
                    + "hub's own port, with a token of strapline-hub admin-token.")
        }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let limiter = LogRateLimiter(.linesWithSubject, time: KernelTime())
        LoggingSystem.bootstrap {
            RateLimitedLogHandler(StandardErrorLog.handler(label: $0, environment: environment), limiter: limiter)
        }
        defer { limiter.flush() }
        var logger = Logger(label: "strapline-hub")
        logger.logLevel = Logger.Level(rawValue: logLevel.rawValue) ?? .info
        let tls = try loadCertificate(logger)
        var limits = try Self.fittingLimits()
        let store = try await database.openStore(isCommand: false, mayBeNew: true) { logger.warning("\($0)") }
        if let problem = store.database.serverStatus?.clockProblem { throw CommandError(problem, .systemError) }
        limits.requestsPerSecond = Int(requestsPerSecond)
        limits.streamsPerToken = Int(streamsPerToken)
        limits.streamsPerUser = 5 * limits.streamsPerToken
        var server = HubServer(
            store: store, host: host, port: Int(port), limits: limits, certificate: tls,
            retention: try (retention ?? RetentionTime(RetentionTime.usual)).duration,
            trustedProxies: TrustedProxies(trustedProxies), logger: logger)
        server.metricsAddress = metricsAddress
        server.publicAddress = publicAddress?.text
        logger.info("opened the database", metadata: ["path": "\(store.database.name)"])
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: server), .init(service: ReloadSignal(server: server)),
                .init(service: HeldBackLinesService(limiter: limiter)),
                .init(
                    service: ReadyLine(
                        server: server, database: store.database, host: host, isSecure: tls != nil,
                        notifier: ServiceNotifier(environment: environment),
                        watchdogTimeout: WatchdogTimeout.current(environment: environment), logger: logger)),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.shutdownTime
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            guard let failure = ListenFailure(error, host: host, port: port, hub: PrintedCommand(database)) else {
                throw error
            }
            throw failure
        }
        try store.close()
    }

    private static func fittingLimits() throws -> HubLimits {
        let allowed = raiseFileLimit()
        let needed = OpenFiles.current().needed
        guard let limits = HubLimits().fitting(connectionFiles: allowed - needed) else {
            throw CommandError(
                "Only \(allowed) files may be open, and the hub needs \(needed) for itself: too few are left for "
                    + "clients. Raise the limit: `ulimit -n 1024`, or LimitNOFILE= of the service.",
                .systemError)
        }
        return limits
    }

    private func loadCertificate(_ logger: Logger) throws -> HubCertificate? {
        guard let certificate, let key else { return nil }
        let loaded = try HubCertificate(certificateFile: certificate, keyFile: key)
        if loaded.isKeyShared {
            logger.warning(
                "other users can read or write the private key; run chmod 600, or give its group to the hub only",
                metadata: ["file": "\(key)"])
        }
        return loaded
    }

    /// A reader of a stream is an open file, and the usual soft limit of 1024 is soon reached. Returns the new limit.
    private static func raiseFileLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return usualFileLimit }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }
}

extension TrustedProxies.Range {
    fileprivate init(argument: String) throws {
        guard let range = Self(argument) else {
            throw ValidationError("Write an address such as 127.0.0.1 or ::1, or a range such as 10.0.0.0/8.")
        }
        self = range
    }
}

/// The levels of swift-log that are useful for a hub.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, notice, warning, error
}
