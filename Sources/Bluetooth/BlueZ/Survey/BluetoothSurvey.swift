/// What bluetoothd shows at one moment of its adapters, and of straps that are looked for.
public struct BluetoothSurvey: Sendable, Equatable {
    /// An adapter that bluetoothd serves.
    public struct Adapter: Sendable, Equatable {
        /// The kernel's name for it: `hci0`. Another one after the next start, perhaps.
        public var name: String
        public var address: BluetoothAddress
        public var isPowered: Bool
        /// The devices of all kinds that are connected through it.
        public var linkCount: Int
        /// Why it could not scan, when it was to and could not.
        public var scanFailure: ScanFailure?

        public init(
            name: String, address: BluetoothAddress, isPowered: Bool, linkCount: Int,
            scanFailure: ScanFailure? = nil
        ) {
            self.name = name
            self.address = address
            self.isPowered = isPowered
            self.linkCount = linkCount
            self.scanFailure = scanFailure
        }
    }

    /// What bluetoothd answered when an adapter was to scan.
    public struct ScanFailure: Sendable, Equatable {
        /// bluetoothd's own words.
        public var answer: String
        /// What to do about it, as a sentence without a stop.
        public var advice: String

        public init(answer: String, advice: String) {
            self.answer = answer
            self.advice = advice
        }
    }

    /// A strap that was looked for.
    public struct Strap: Sendable, Equatable {
        public var configuration: StrapConfiguration
        /// The device that fits; nil when bluetoothd knows none.
        public var device: StrapState.Device?
        public var sighting: Sighting
        /// Whether the configuration names it by a private address, which its device gives up soon.
        public var hasPrivateAddress: Bool

        public init(
            configuration: StrapConfiguration, device: StrapState.Device?, sighting: Sighting,
            hasPrivateAddress: Bool = false
        ) {
            self.configuration = configuration
            self.device = device
            self.sighting = sighting
            self.hasPrivateAddress = hasPrivateAddress
        }
    }

    public enum Sighting: Sendable, Equatable {
        /// This machine has a link to it, whichever program made it.
        case connected
        /// It advertises. Signal strength in dBm; nil with a controller that tells none.
        case heard(signalStrength: Int16?)
        /// A scan did not hear it.
        case notHeard
        /// No adapter could scan for it.
        case notLookedFor
    }

    public var adapters: [Adapter]
    /// In the order in which they were asked for.
    public var straps: [Strap]

    public init(adapters: [Adapter], straps: [Strap]) {
        self.adapters = adapters
        self.straps = straps
    }
}
