import BlueZ
import HeartRate
import Logging
import Timing

/// Connects to the first heart rate strap in range and prints three heart rates.
@main struct FollowStrap {
    static func main() async {
        let (rates, source) = AsyncStream.makeStream(of: UInt16.self)
        let strap = StrapConfiguration(name: "strap", selector: .first)
        let logger = Logger(label: "follow-strap", factory: { StreamLogHandler.standardError(label: $0) })
        let central = HeartRateCentral(straps: [strap], time: KernelTime(), logger: logger) { events in
            for case .measurement(let measurement) in events.map(\.kind) where measurement.isHeartRate {
                source.yield(measurement.beatsPerMinute)
            }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await central.run() }
            for await rate in rates.prefix(3) { print("\(rate) beats per minute") }
            group.cancelAll()
        }
    }
}
