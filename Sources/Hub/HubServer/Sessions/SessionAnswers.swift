import HRV
import HeartRate
import HubAPI
import HubStore
import Recordings

extension HubSession {
    init(_ session: SlotSession, now: Int64) {
        self.init(
            startMilliseconds: session.startMilliseconds, endMilliseconds: session.endMilliseconds,
            readings: session.readings, minutes: session.minutes, lowestBPM: session.lowestRate,
            averageBPM: session.averageRate, highestBPM: session.highestRate, intervals: session.intervals,
            isRunning: session.isRunning(atMilliseconds: now))
    }
}

extension HeartRateZones {
    /// The zones with the time in each, of the time at each heart rate.
    func answer(_ rateTimes: [Int: Int64]) -> [HubSessionDetail.Zone] {
        zip(Self.all, milliseconds(atRates: rateTimes)).map { zone, milliseconds in
            HubSessionDetail.Zone(
                number: zone.number, name: zone.name, fromPercent: zone.fromPercent, fromBPM: from(zone),
                milliseconds: milliseconds)
        }
    }
}

extension HubVariability {
    init?(_ recording: Recording) {
        self.init(
            HRVSummary(recording.beats), mayBeMilliseconds: recording.mayHaveIntervalsInMilliseconds)
    }
}

extension Recording {
    /// Of a hub's readings: their time is the uploader's, which has set it right.
    init(_ readings: [DetailedReading], ofUser user: User) {
        var builder = RecordingBuilder(strap: user.profileID)
        for reading in readings {
            builder.take(
                StrapArrival(
                    reading.measurement, wallMilliseconds: reading.measuredAtMilliseconds,
                    bootMilliseconds: reading.measuredAtMilliseconds))
        }
        self = builder.recording
    }
}
