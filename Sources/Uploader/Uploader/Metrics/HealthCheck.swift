import ServiceManager
import Timing
import UploaderStatus

/// Whether the uploader does its work, for a program that watches over it: its parts answer, and its outbox can be written.
///
/// A strap that nobody wears, or a service that is down, is no fault of the uploader's, and no restart would mend it.
struct HealthCheck: Sendable {
    /// For one part; it hangs where that is not enough.
    static let patience: Duration = .seconds(5)

    let parts: [Heartbeat.Part]
    var clock: any Clock<Duration> = ContinuousClock()

    /// What is wrong; empty when nothing is.
    func problems(_ report: @Sendable () async -> StatusReport) async -> [String] {
        var problems: [String] = []
        for part in parts {
            do {
                try await withTimeout(Self.patience, clock: clock) { await part.answers() }
            } catch {
                problems.append("the \(part.name) does not answer")
            }
        }
        // Who hangs would not tell.
        guard problems.isEmpty else { return problems }
        if let reason = await report().outbox.cannotWrite { problems.append("the outbox cannot be written: \(reason)") }
        return problems
    }
}
