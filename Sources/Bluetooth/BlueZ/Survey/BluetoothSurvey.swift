/// The adapters and the wanted straps at one moment: the result of a ``BluetoothSurveyor``.
public struct BluetoothSurvey: Sendable, Equatable {
    /// An adapter that bluetoothd serves.
    public struct Adapter: Sendable, Equatable {
        /// The name in the kernel, such as `hci0`. It may change with the next boot.
        public var name: String
        /// The address of the adapter.
        public var address: BluetoothAddress
        /// Whether the adapter is on.
        public var isPowered: Bool
        /// The number of connected devices of all kinds.
        public var linkCount: Int
        /// The reason for a failed scan; nil without one.
        public var scanFailure: ScanFailure?

        /// Makes a result.
        package init(
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

    /// A failed scan.
    public struct ScanFailure: Sendable, Equatable {
        /// The answer of bluetoothd.
        public var answer: String
        /// The advice, as a sentence without a full stop.
        public var advice: String

        /// Makes a result.
        package init(answer: String, advice: String) {
            self.answer = answer
            self.advice = advice
        }
    }

    /// A wanted strap.
    public struct Strap: Sendable, Equatable {
        /// The configuration of the strap.
        public var configuration: StrapConfiguration
        /// The fitting device; nil if bluetoothd knows none.
        public var device: StrapState.Device?
        /// The result of the search.
        public var sighting: Sighting
        /// Whether it is selected by a private address, which its device will change soon.
        public var hasPrivateAddress: Bool

        /// Makes a result.
        package init(
            configuration: StrapConfiguration, device: StrapState.Device?, sighting: Sighting,
            hasPrivateAddress: Bool = false
        ) {
            self.configuration = configuration
            self.device = device
            self.sighting = sighting
            self.hasPrivateAddress = hasPrivateAddress
        }
    }

    /// The result of the search for a strap.
    public enum Sighting: Sendable, Equatable {
        /// It is connected to this machine, by any program.
        case connected
        /// It advertises, with this signal strength in dBm. Nil if the controller reports none.
        case heard(signalStrength: Int16?)
        /// The scan did not find it.
        case notHeard
        /// No adapter could scan for it.
        case notLookedFor
    }

    /// The adapters.
    public var adapters: [Adapter]
    /// The straps, in the order of the request.
    public var straps: [Strap]

    /// Makes a survey.
    package init(adapters: [Adapter], straps: [Strap]) {
        self.adapters = adapters
        self.straps = straps
    }
}
