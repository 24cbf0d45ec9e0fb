import Destinations
import FoundationEssentials
import HeartRate
import Logging
import Synchronization
import TestKit
import Timing
import Tokens
import WebClient

@testable import Outbox
@testable import SessionUploads

/// An outbox with sessions, and a service that uploads them. No time passes by itself.
final class SessionUploadFixture: Sendable {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let directory = TemporaryDirectory()
    let time: ManualTime
    private let current: Mutex<Outbox>
    var outbox: Outbox { current.withLock { $0 } }

    init(time: ManualTime = ManualTime()) throws {
        self.time = time
        current = Mutex(try Self.open(directory.file("outbox.sqlite"), time))
        try Data("a-secret-key\n".utf8).write(to: URL(filePath: directory.file("key")))
    }

    var path: String { directory.file("outbox.sqlite") }
    var key: TokenSource { .file(path: directory.file("key")) }

    private static func open(_ path: String, _ time: ManualTime) throws -> Outbox {
        try Outbox(path: path, lanes: [], time: time, clock: ManualClock(), logger: logger)
    }

    /// As after a crash: the file is as it was.
    func reopen(time: ManualTime? = nil) async throws {
        try await outbox.close()
        let opened = try Self.open(path, time ?? self.time)
        current.withLock { $0 = opened }
    }

    /// A strap is worn for so long, one reading a second or each `step`.
    func wear(seconds: Int = 200, strap: String = "anna", rr: [UInt16] = [1024], step: Int64 = 1000) async throws {
        var readings: [Reading] = []
        for second in 0..<seconds {
            let now = time.now()
            readings.append(
                Reading(
                    strap: strap,
                    measurement: HeartRateMeasurement(
                        beatsPerMinute: UInt16(60 + second % 10), contact: .detected, rrIntervals: rr),
                    measuredAtMilliseconds: now.wallMilliseconds, bootMilliseconds: now.bootMilliseconds))
            time.advance(milliseconds: step)
        }
        try await outbox.append(readings)
    }

    /// The session that was worn is over.
    func pause() { time.advance(milliseconds: 600_000) }

    func service(_ targets: SessionUploadService.Target...) async -> SessionUploadService {
        let service = SessionUploadService(
            outbox: outbox, time: time, clock: ManualClock(), logger: Self.logger)
        await service.change(to: targets)
        return service
    }

    /// Those of the product, with more time than a server in the same process needs on a busy machine. A test of a
    /// limit sets that limit.
    static var patientLimits: WebClientLimits {
        var limits = UploadClient.limits
        limits.connectTimeout = .seconds(300)
        limits.silenceTimeout = .seconds(300)
        limits.totalTimeout = .seconds(300)
        return limits
    }

    func context(_ limits: WebClientLimits = SessionUploadFixture.patientLimits) -> DestinationContext {
        DestinationContext(client: WebClient(), uploadLimits: limits, time: time, logger: Self.logger)
    }

    func target(
        _ service: String, _ address: String? = nil, strap: String? = nil, options: [String: OptionValues.Value] = [:],
        limits: WebClientLimits = SessionUploadFixture.patientLimits
    ) throws -> SessionUploadService.Target {
        guard let kind = SessionDestinationKinds.kind(named: service) else { throw UnknownService() }
        let settings = SessionDestinationSettings(
            name: service, strap: strap, address: try address.map { try ServiceAddress($0) },
            token: kind.tokenRule == .required ? key : nil, options: OptionValues(options))
        return SessionUploadService.Target(
            service: service, settings: settings, destination: try kind.destination(settings, context(limits)))
    }

    /// As it stands in the file.
    func uploads() async throws -> [SessionUpload] { try await OutboxReader(path: path).sessionUploads() }

    struct UnknownService: Error {}
}

extension SessionFile {
    static func example(_ bytes: [UInt8] = [1, 2, 3]) -> SessionFile {
        SessionFile(
            externalID: "strapline-1a2b3c4d-1-200", title: "Heart rate of anna & ben", name: "2026-01-01T00-00-00Z.fit",
            startMilliseconds: 1_767_225_600_000, endMilliseconds: 1_767_225_800_000, bytes: bytes)
    }
}
