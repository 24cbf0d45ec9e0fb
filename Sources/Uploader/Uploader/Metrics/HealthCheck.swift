import ServiceManager
import Timing
import UploaderStatus

/// The health of the uploader, for a monitor: its parts answer, and its outbox can be written.
///
/// A strap that is not worn, or a service that is down, is not a fault of the uploader: a restart would not fix it.
struct HealthCheck: Sendable {
    /// For one part; it hangs where that is not enough.
    static let patience: Duration = .seconds(5)

    let parts: [Watchdog.Part]
    var clock: any Clock<Duration> = ContinuousClock()

    /// The problems; empty if there are none.
    func problems(_ report: @Sendable () async -> StatusReport) async -> [String] {
        var problems: [String] = []
        for part in parts {
            do {
                try await withTimeout(Self.patience, clock: clock) { await part.ping() }
            } catch {
                problems.append("the \(part.name) does not answer")
            }
        }
        // A hung part cannot answer.
        guard problems.isEmpty else { return problems }
        if let reason = await report().outbox.cannotWrite { problems.append("the outbox cannot be written: \(reason)") }
        return problems
    }
}
