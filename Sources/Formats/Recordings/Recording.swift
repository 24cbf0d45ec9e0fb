package import HRV
import HeartRate

/// The heart rates and beats of one strap over some time, in stretches without a gap.
///
/// A stretch ends where the strap has no contact, where nothing arrives for ``pauseMilliseconds``, where beats are
/// missing (``RRTimeline``), and where the machine was off. No writer bridges the gap between two stretches.
package struct Recording: Sendable, Equatable {
    package static let pauseMilliseconds: Int64 = 10_000
    /// After this time without a heart rate the next one is of another session.
    package static let longPauseMilliseconds: Int64 = 600_000

    package struct Sample: Sendable, Equatable {
        /// Since the Unix epoch. Ascends, or stays.
        package let milliseconds: Int64
        package let beatsPerMinute: UInt16
        /// How many of the stretch's beats arrived with it.
        package let beatCount: UInt16
    }

    package struct Stretch: Sendable, Equatable {
        /// At least one.
        package fileprivate(set) var samples: [Sample]
        package fileprivate(set) var beats: [RRBeat]

        package var startMilliseconds: Int64 { samples.first?.milliseconds ?? 0 }
        package var endMilliseconds: Int64 { samples.last?.milliseconds ?? 0 }
        package var lengthMilliseconds: Int64 { endMilliseconds - startMilliseconds }
    }

    /// The strap's name.
    package let strap: String
    package var device = RecordingDevice()
    package fileprivate(set) var stretches: [Stretch] = []
    /// The energy that the strap counted in this time; nil if it does not count.
    package fileprivate(set) var energyKilojoules: Int?

    package var sampleCount: Int { stretches.reduce(0) { $0 + $1.samples.count } }
    package var beats: [RRBeat] { stretches.flatMap(\.beats) }
    package var startMilliseconds: Int64 { stretches.first?.startMilliseconds ?? 0 }
    package var endMilliseconds: Int64 { stretches.last?.endMilliseconds ?? 0 }
    /// Without the gaps.
    package var recordedMilliseconds: Int64 { stretches.reduce(0) { $0 + $1.lengthMilliseconds } }

    package var kilocalories: UInt16? {
        energyKilojoules.map { UInt16(clamping: Int((Double($0) / 4.184).rounded())) }
    }
}

/// The strap, as it names itself. Nil for what it does not say.
package struct RecordingDevice: Sendable, Equatable {
    package var manufacturer: String?
    package var product: String?
    package var serialNumber: String?
    package var firmware: String?

    package init(
        manufacturer: String? = nil, product: String? = nil, serialNumber: String? = nil, firmware: String? = nil
    ) {
        self.manufacturer = manufacturer
        self.product = product
        self.serialNumber = serialNumber
        self.firmware = firmware
    }
}

/// Makes a recording of arrivals, in their order. Those that are no heart rate are gaps.
package struct RecordingBuilder: Sendable {
    package private(set) var recording: Recording
    private var time = SteadyTime()
    private var timeline = RRTimeline()
    private var boot: Int64?
    private var isInterrupted = true
    private var energy: UInt16?

    package init(strap: String, device: RecordingDevice = RecordingDevice()) {
        recording = Recording(strap: strap, device: device)
    }

    package mutating func take(_ arrival: StrapArrival) {
        take(energy: arrival.measurement.energyExpendedKilojoules)
        guard arrival.measurement.isHeartRate else {
            isInterrupted = true
            return
        }
        let milliseconds = time.milliseconds(of: arrival)
        let last = recording.stretches.last
        let isPause = last.map { milliseconds - $0.endMilliseconds >= Recording.pauseMilliseconds } ?? true
        if isInterrupted || isPause || boot != arrival.boot {
            timeline.interrupt()
            isInterrupted = true
        }
        boot = arrival.boot
        let beats = timeline.take(arrival.measurement.rrIntervals, arrivedAtMilliseconds: milliseconds)
        let missesBeats = beats.first?.startsStretch == true && last?.beats.isEmpty == false
        if isInterrupted || missesBeats { recording.stretches.append(Recording.Stretch(samples: [], beats: [])) }
        isInterrupted = false
        let place = recording.stretches.count - 1
        recording.stretches[place].beats += beats
        recording.stretches[place].samples.append(
            Recording.Sample(
                milliseconds: milliseconds, beatsPerMinute: arrival.measurement.beatsPerMinute,
                beatCount: UInt16(clamping: beats.count)))
    }

    /// The strap counts up. It may be reset, or be another one.
    private mutating func take(energy new: UInt16?) {
        guard let new else { return }
        let added = energy.map { new > $0 ? Int(new - $0) : 0 } ?? 0
        recording.energyKilojoules = (recording.energyKilojoules ?? 0) + added
        energy = new
    }
}
