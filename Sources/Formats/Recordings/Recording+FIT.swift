import FIT
import HRV

extension Recording {
    /// The recording as a FIT activity. The timer stops at the last record before a gap, and starts at the first one
    /// after it.
    func activity(localOffsetSeconds: Int) -> FITActivity {
        var events: [FITActivity.Event] = []
        var last: Int64?
        for seconds in seconds {
            let recorded = seconds.filter { $0.heartRate != nil }
            if let last, let first = recorded.first?.seconds {
                events += [.timerStopped(seconds: last), .timerStarted(seconds: first)]
            }
            for second in seconds {
                if let rate = second.heartRate { events.append(.record(seconds: second.seconds, heartRate: rate)) }
                if !second.beats.isEmpty {
                    events.append(.intervals(second.beats.map { UInt16(clamping: $0.wholeMilliseconds) }))
                }
            }
            last = recorded.last?.seconds ?? last
        }
        return FITActivity(
            events: events,
            device: FITActivity.Device(
                manufacturer: device.manufacturer, product: device.product, serialNumber: device.serialNumber,
                firmware: device.firmware),
            localOffsetSeconds: localOffsetSeconds, kilocalories: kilocalories,
            serialNumber: strapNumber)
    }

    /// A number of the strap's name (FNV-1a): two straps may begin in the same second.
    private var strapNumber: UInt32 {
        strap.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
