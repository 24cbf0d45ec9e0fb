import DBus
import Timing

/// Shares one adapter between the straps: pure, like ``StrapSession``.
///
/// A scanning controller connects badly, and BlueZ connects one device at a time. So either it scans for all straps
/// that search or receive broadcasts, or one strap connects. The strap that asked first connects first. The scan
/// continues after the last one.
struct AdapterScheduler: Sendable {
    enum Event: Equatable, Sendable {
        /// The present objects of BlueZ, and the demands of the straps by their numbers.
        case observed(BlueZSnapshot.Adapter, demands: [Int: StrapSession.Demand], filter: ScanFilter)
        case powerAnswered(BusError?)
        case startAnswered(BusError?)
        case stopAnswered
        case deadlinePassed
    }

    enum Action: Equatable, Sendable {
        case setDeadline(DeadlineSpec?)
        /// Sets `Powered`, answered by ``Event/powerAnswered(_:)``.
        case powerOn
        /// `SetDiscoveryFilter` and `StartDiscovery`, answered by ``Event/startAnswered(_:)``.
        case startDiscovery(ScanFilter)
        /// `StopDiscovery`, answered by ``Event/stopAnswered``.
        case stopDiscovery
        /// This strap may connect now.
        case grant(Int, othersWait: Bool)
    }

    enum Power: Equatable, Sendable {
        case unknown
        /// It was off when it appeared; we try to switch it on.
        case switchingOn(failures: Int)
        case on
        /// It was on and was switched off, by a user, a program or rfkill. It stays off.
        case switchedOff
    }

    enum Scan: Equatable, Sendable {
        case off
        case starting(ScanFilter)
        case on(ScanFilter, isConfirmed: Bool)
        case stopping
        /// It could not be started, or ended by itself; waits before it is started again.
        case pausing
    }

    /// The interval at which an unsuccessful scan is restarted. Some controllers fall silent, and within one scan the
    /// kernel reports a device only once.
    static let scanRenewal: Duration = .seconds(30)

    /// The retry after a refusal of the adapter. It is short, because no strap can reconnect before.
    static let retry = Backoff(base: .seconds(1), cap: .seconds(8))

    private(set) var power = Power.unknown
    private(set) var scan = Scan.off
    /// Why the adapter does not search although it should; nil while it does, or does not have to. It stays while the
    /// scan is tried again.
    private(set) var lastFailure: AdapterFailure?
    /// In a row.
    private(set) var scanFailures = 0
    /// The number of scans in a row that ended by themselves before their renewal.
    private var scansLost = 0
    /// What bluetoothd answered to the last `StartDiscovery` that stands for success.
    private var startDoubt: BusError?
    private var queue: [Int] = []
    private var searchers = 0
    /// Straps that are heard in the scan.
    private var listeners = 0
    private var isQuiet = false
    private var filter = ScanFilter.heartRateService

    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .observed(let adapter, let demands, let filter):
            self.filter = filter
            take(demands)
            return observe(adapter) + proceed()
        case .powerAnswered(let error): return powerAnswered(error)
        case .startAnswered(let error): return startAnswered(error) + proceed()
        case .stopAnswered:
            if scan == .stopping { scan = .off }
            return proceed()
        case .deadlinePassed: return deadlinePassed()
        }
    }

    private mutating func take(_ demands: [Int: StrapSession.Demand]) {
        queue.removeAll { demands[$0] != .turn }
        queue += demands.keys.filter { demands[$0] == .turn && !queue.contains($0) }.sorted()
        searchers = demands.values.count { $0 == .scan }
        listeners = demands.values.count { $0 == .hearing }
        isQuiet = demands.values.contains(.quiet)
    }

    // MARK: Power

    private mutating func observe(_ adapter: BlueZSnapshot.Adapter) -> [Action] {
        switch (power, adapter.isPowered) {
        case (.on, true): return observeScan(isDiscovering: adapter.isDiscovering)
        case (_, true):
            power = .on
            scan = .off
            lastFailure = nil
            return [.setDeadline(nil)]
        case (.unknown, false):
            power = .switchingOn(failures: 0)
            return [.powerOn]
        case (.on, false):
            power = .switchedOff
            scan = .off
            lastFailure = nil
            return [.setDeadline(nil)]
        case (.switchingOn, false), (.switchedOff, false): return []
        }
    }

    /// Also after success: `Powered=true` has to follow, and sometimes does not.
    private mutating func powerAnswered(_ error: BusError?) -> [Action] {
        guard case .switchingOn(let failures) = power else { return [] }
        power = .switchingOn(failures: failures + 1)
        lastFailure = error.map(AdapterFailure.powerRefused)
        return [.setDeadline(.backoff(Self.retry, failures: failures + 1))]
    }

    // MARK: Scan

    /// A scan that ends by itself, as when another program resets the adapter, is started again.
    private mutating func observeScan(isDiscovering: Bool) -> [Action] {
        guard case .on(let filter, let isConfirmed) = scan else { return [] }
        if isConfirmed && !isDiscovering {
            scansLost += 1
            // Once is chance.
            if scansLost > 1 { lastFailure = .scanEnds }
            return pauseScan()
        }
        if isDiscovering, lastFailure != .scanEnds { lastFailure = nil }
        scan = .on(filter, isConfirmed: isDiscovering)
        return []
    }

    private mutating func startAnswered(_ error: BusError?) -> [Action] {
        guard case .starting(let filter) = scan else { return [] }
        // InProgress: a scan of ours is on already.
        if let error, !error.isInProgress {
            lastFailure = .scanRefused(error)
            return pauseScan()
        }
        scanFailures = 0
        startDoubt = error
        if case .scanRefused = lastFailure, error == nil { lastFailure = nil }
        scan = .on(filter, isConfirmed: false)
        return [.setDeadline(.exactly(Self.scanRenewal))]
    }

    private mutating func pauseScan() -> [Action] {
        scanFailures += 1
        scan = .pausing
        return [.setDeadline(.backoff(Self.retry, failures: scanFailures))]
    }

    private mutating func deadlinePassed() -> [Action] {
        switch (power, scan) {
        case (.switchingOn, _): return [.powerOn]
        case (.on, .on(_, let isConfirmed)):
            if isConfirmed {
                scansLost = 0
                lastFailure = nil
            } else {
                lastFailure = startDoubt.map(AdapterFailure.scanRefused) ?? .scanDoesNotBegin
            }
            // A strap that was found needs no new scan.
            guard searchers > 0 else { return [.setDeadline(.exactly(Self.scanRenewal))] }
            scan = .stopping
            return [.stopDiscovery]
        case (.on, .pausing):
            scan = .off
            return proceed()
        default: return []
        }
    }

    // MARK: Turns

    /// Starts, stops or grants as needed. Waits for a call that is pending.
    private mutating func proceed() -> [Action] {
        guard power == .on else { return [] }
        let mayConnect = !isQuiet && !queue.isEmpty
        let isIdle = searchers == 0 && listeners == 0
        let wanted = isQuiet || mayConnect || isIdle ? nil : filter
        if isIdle && !isQuiet && !mayConnect { lastFailure = nil }
        switch scan {
        case .off, .pausing:
            if mayConnect {
                isQuiet = true
                let next = queue.removeFirst()
                return [.grant(next, othersWait: !queue.isEmpty || !isIdle)]
            }
            guard let wanted, scan == .off else { return [] }
            scan = .starting(wanted)
            return [.startDiscovery(wanted)]
        case .on(let current, _) where current != wanted:
            scan = .stopping
            return [.setDeadline(nil), .stopDiscovery]
        case .starting, .on, .stopping: return []
        }
    }
}
