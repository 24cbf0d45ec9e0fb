package import Destinations
package import Sessions
import Tokens

/// Sends a measurement to the wellness page of intervals.icu.
package struct WellnessUpload: Sendable {
    /// Why it cannot be sent, as a sentence with the fix.
    package struct Problem: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    private let api: IntervalsAPI

    /// `settings` are those of a destination of the kind `intervals.icu`.
    /// - Throws: `MissingSetting`, ``Problem`` if the key cannot be read.
    package init(_ settings: SessionDestinationSettings, _ context: DestinationContext) throws {
        do throws(TokenError) {
            _ = try settings.token?.read()
        } catch {
            throw Problem(description: "\(error)")
        }
        api = try IntervalsAPI(settings, context)
    }

    /// Writes RMSSD, SDNN and the heart rate of this local day: `2026-11-29`. The same values again change nothing.
    package func send(_ record: HRVRecord, day: String) async throws(Problem) {
        guard record.isReliable, let rmssd = record.rmssd else {
            throw Problem(description: "The measurement is not reliable, so it is not sent. Measure again.")
        }
        let wellness = IntervalsWellness(
            rmssd: Self.rounded(rmssd), sdnn: record.sdnn.map(Self.rounded), restingHeartRate: record.averageRate)
        switch await api.putWellness(wellness, date: day) {
        case .uploaded: return
        case .tryLater(_, let reason), .refused(let reason), .pause(let reason): throw Problem(description: reason)
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
