/// Controls the emptying of bluetoothd's cache of a device: a value without a clock.
///
/// bluetoothd remembers the services of a device that it has been connected to. After an update of the strap's
/// firmware, or a mistake of its own, the memory is wrong, and every call about the strap fails until `RemoveDevice`
/// empties it. No one error says so, so every way in which a link fails after it stood is a sign, unless it has another
/// meaning.
///
/// The budget: once an hour for each device, and again after a heart rate from it. So it cannot loop.
struct CacheRenewal: Sendable, Equatable {
    /// From one renewal of a device to the next without a heart rate in between.
    static let pause: Duration = .seconds(3600)

    /// Private addresses change: no more devices than this are remembered, nor renewed within a pause.
    static let deviceLimit = 32

    /// The number of established links in a row without a measurement.
    private(set) var failures = 0
    /// Whether a read failed as with a stale memory, over a link that serves otherwise.
    private(set) var isSuspect = false
    /// The devices that were removed within the pause and have sent no heart rate since.
    private(set) var spent: Set<BluetoothAddress> = []

    /// A read failed as with a stale cache. The link stays, because it brings heart rate.
    mutating func suspect() { isSuspect = true }

    /// A measurement came: bluetoothd's cache is right.
    mutating func served() { failures = 0 }

    /// A heart rate came.
    mutating func succeeded(_ address: BluetoothAddress) {
        failures = 0
        spent.remove(address)
    }

    /// A link to the device ended for this reason. Whether the signs are enough to empty the memory.
    mutating func linkFailed(_ reason: StrapState.Reason, hasMeasured: Bool) -> Bool {
        if !hasMeasured, let needed = reason.failuresOfStaleCache {
            failures += 1
            if failures >= needed { return true }
        }
        return isSuspect
    }

    /// Takes from the budget of the device. False without a budget.
    mutating func spend(_ address: BluetoothAddress) -> Bool {
        guard spent.count < Self.deviceLimit, spent.insert(address).inserted else { return false }
        failures = 0
        isSuspect = false
        return true
    }

    mutating func pauseOver() { spent = [] }
}

extension StrapState.Reason {
    /// The number of links in a row, the last one ended for this reason, that mean a stale cache. Nil if the reason has
    /// another meaning. Reasons that are likely by chance need more links.
    fileprivate var failuresOfStaleCache: Int? {
        switch self {
        case .noHeartRateService: 1
        // Half a minute each time.
        case .servicesNotResolved: 2
        case .subscribeFailed(let error): error.cause.failuresOfStaleCache
        // Its services could not be read.
        case .connectFailed(let error): error.cause == .cacheStale ? 3 : nil
        case .silent, .onlyMalformed: 3
        // The strap may be at the edge of the range, or want a bond.
        case .linkLost, .linkLostUnsubscribed, .subscribeTimedOut: 5
        default: nil
        }
    }
}

extension BlueZErrorCause {
    /// The same of an answer to `StartNotify`.
    fileprivate var failuresOfStaleCache: Int? {
        switch self {
        case .bondMissing, .notificationsTaken, .accessDenied: nil
        case .noAnswer, .notConnected: 5
        default: 3
        }
    }
}
