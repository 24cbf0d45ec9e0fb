package import HRV
package import Outbox
import Recordings

/// A measurement of heart rate variability from the readings that arrive. A value without a clock.
package struct HRVMeasurement: Sendable {
    /// Why it cannot go on.
    package enum Problem: Error, Equatable, CustomStringConvertible {
        /// Several straps are worn.
        case ambiguous([String])
        /// Nothing arrives.
        case silence

        package var description: String {
            switch self {
            case .ambiguous(let straps):
                "several straps are worn: \(straps.joined(separator: ", ")). Add --strap NAME"
            case .silence:
                "no heart rate arrives: put the strap on. `strapline status` shows what the uploader receives"
            }
        }
    }

    /// Straps that are worn at the beginning are heard within this time.
    private static let choiceMilliseconds: Int64 = 10_000

    package let durationMilliseconds: Int64
    private var builder: RecordingBuilder?

    package init(durationMilliseconds: Int64) {
        self.durationMilliseconds = durationMilliseconds
    }

    /// Takes the next reading. It begins with the first heart rate.
    package mutating func take(_ record: History.Record) throws(Problem) {
        guard record.reading.heartRate != nil || builder?.recording.strap == record.reading.strap else { return }
        var builder = self.builder ?? RecordingBuilder(strap: record.reading.strap)
        guard builder.recording.strap == record.reading.strap else {
            // One that is put on later does not end the measurement of the first.
            if elapsedMilliseconds >= Self.choiceMilliseconds { return }
            throw .ambiguous([builder.recording.strap, record.reading.strap].sorted())
        }
        guard !isComplete else { return }
        builder.take(StrapArrival(record))
        self.builder = builder
    }

    package var strap: String? { builder?.recording.strap }

    package var elapsedMilliseconds: Int64 {
        builder.map { $0.recording.endMilliseconds - $0.recording.startMilliseconds } ?? 0
    }

    /// The first reading stands for the second before it.
    package var isComplete: Bool { strap != nil && elapsedMilliseconds + 1000 >= durationMilliseconds }

    package var summary: HRVSummary { HRVSummary(builder?.recording.beats ?? []) }

    /// In bpm; nil before the first reading.
    package var averageRate: Int? {
        let rates = builder?.recording.stretches.flatMap { $0.samples.map { Int($0.beatsPerMinute) } } ?? []
        return rates.isEmpty ? nil : (rates.reduce(0, +) + rates.count / 2) / rates.count
    }

    /// Whether beats are missing: in a gap, or because the strap sends no RR intervals for a part of the time.
    package var missesBeats: Bool {
        guard let recording = builder?.recording else { return false }
        let covered = recording.beats.reduce(0) { $0 + $1.intervalMilliseconds }
        let elapsed = Double(elapsedMilliseconds)
        return summary.gaps > 0 || elapsed - covered > max(Self.lagMilliseconds, elapsed * Self.mostMissing)
    }

    /// RR intervals come so much later than the beats at most.
    private static let lagMilliseconds = 5000.0
    /// The share of the time that may be without RR intervals.
    private static let mostMissing = 0.1

    package var isReliable: Bool { summary.isReliable && !missesBeats }
    /// What its RR intervals say about the strap; nil for nothing.
    package var unitWarning: String? { builder.flatMap { HRVText.unitWarning(about: $0.recording) } }

    /// One line: how good the measurement is, and what to do better.
    package var advice: String {
        let summary = summary
        if !summary.hasIntervals { return HRVText.none }
        if missesBeats {
            return "Beats are missing: stay near the machine, check that the strap fits, and measure again."
        }
        if !summary.isReliable { return "Too many artefacts: wet the electrodes, keep still, and measure again." }
        if durationMilliseconds < 60_000 { return "Good. Measure for a minute or longer to compare it with others." }
        return "Good. Compare it with your own values, at the same time of day and in the same position."
    }
}

extension HRVReport {
    package init(_ measurement: HRVMeasurement) {
        self.init(measurement.summary, isReliable: measurement.isReliable)
    }
}

/// Measures with the readings of a running uploader, which it sees in the outbox.
package struct HRVMeasuringService: Sendable {
    /// Without a heart rate for this time it gives up.
    package static let silence = 30
    private static let step: Duration = .seconds(1)

    private let outbox: OutboxReader
    private let strap: String?
    private let clock: any Clock<Duration>

    package init(_ outbox: OutboxReader, strap: String?, clock: any Clock<Duration> = ContinuousClock()) {
        self.outbox = outbox
        self.strap = strap
        self.clock = clock
    }

    /// Returns the measurement when it is complete. `progress` gets it each second.
    /// - Throws: `OutboxError`, ``HRVMeasurement/Problem``.
    package func measure(
        for duration: Duration, progress: (HRVMeasurement) -> Void = { _ in }
    ) async throws -> HRVMeasurement {
        var measurement = HRVMeasurement(durationMilliseconds: Int64(duration / .milliseconds(1)))
        var position = try await outbox.wornReadings(before: .max)?.examined.upperBound ?? 0
        var (elapsed, quietSteps) = (Int64(-1), 0)
        while !measurement.isComplete {
            // Readings may arrive as fast as they are read.
            while !measurement.isComplete,
                let page = try await outbox.history(after: position, History.Selection(strap: strap))
            {
                for record in page.entries { try measurement.take(record) }
                position = page.examinedThroughID
            }
            progress(measurement)
            guard !measurement.isComplete else { break }
            let now = measurement.strap == nil ? -1 : measurement.elapsedMilliseconds
            quietSteps = now == elapsed ? quietSteps + 1 : 0
            elapsed = now
            guard quietSteps < Self.silence else { throw HRVMeasurement.Problem.silence }
            try await clock.sleep(for: Self.step)
        }
        return measurement
    }
}
