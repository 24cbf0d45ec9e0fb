/// A strap to keep connected.
///
/// ```swift
/// let strap = StrapConfiguration(name: "chest", selector: .name("HR Strap"))
/// ```
public struct StrapConfiguration: Sendable, Hashable {
    /// The name of the strap in its ``StrapEvent``s, unique among the straps.
    public var name: String
    /// Selects the device of the strap among those that a scan finds.
    public var selector: StrapSelector
    /// The one adapter to use. Nil uses every adapter that is on.
    public var adapter: BluetoothAddress?
    /// Whether to connect or to receive broadcasts.
    public var mode: StrapMode

    /// Whether to make a new bond automatically if it is missing or the strap has lost it. Any device with the address
    /// of the strap can get this bond.
    public var renewsBond: Bool

    /// Makes a configuration.
    public init(
        name: String, selector: StrapSelector, adapter: BluetoothAddress? = nil, mode: StrapMode = .connect,
        renewsBond: Bool = false
    ) {
        self.name = name
        self.selector = selector
        self.adapter = adapter
        self.mode = mode
        self.renewsBond = renewsBond
    }
}

extension StrapConfiguration {
    /// The adapters that search for it, in words: `any adapter that is on`.
    package var adapterWords: String { SearchRule(adapter: adapter).words }

    /// Whether this device may be the strap.
    func matches(_ device: BlueZSnapshot.Device) -> Bool {
        switch (mode, selector) {
        case (.connect, _): selector.matches(device)
        // Not every broadcasting strap advertises the service too.
        case (.broadcast, .first): device.polarBroadcast != nil
        case (.broadcast, _): device.polarBroadcast != nil && selector.matches(device)
        }
    }

    /// Whether a scan must report devices that do not advertise 0x180D.
    var needsUnfilteredScan: Bool { mode == .broadcast || selector.needsUnfilteredScan }

    /// Whether BlueZ can reach the device now. A connected device does not count as a broadcaster.
    func canReach(_ device: BlueZSnapshot.Device) -> Bool {
        switch mode {
        case .connect: device.isPresent
        case .broadcast: device.isAdvertising
        }
    }
}

/// The source of the heart rate of a strap.
public enum StrapMode: Sendable, Hashable {
    /// A connection. Every strap supports it, and sends RR intervals too.
    case connect
    /// The broadcasts of a Polar strap, without a connection. One adapter receives any number of straps.
    case broadcast
}
