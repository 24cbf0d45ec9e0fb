/// One strap to hold on to.
public struct StrapConfiguration: Sendable, Hashable {
    /// The strap's name in the configuration, and in its ``StrapEvent``s; unique among the straps.
    public var name: String
    /// How the strap is recognised among the devices that a scan finds.
    public var selector: StrapSelector
    /// The one adapter to use; nil searches with every adapter that is on: see ``SearchRule``.
    public var adapter: BluetoothAddress?
    public var mode: StrapMode

    /// Whether a bond that is missing, or that the strap has lost, is made anew without asking. Whoever answers to the
    /// strap's address then gets one.
    public var renewsBond: Bool

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
    public var adapterWords: String { SearchRule(adapter: adapter).words }

    /// Whether this may be the strap.
    func matches(_ device: BlueZSnapshot.Device) -> Bool {
        switch (mode, selector) {
        case (.connect, _): selector.matches(device)
        // Not every strap that broadcasts advertises the service as well.
        case (.broadcast, .first): device.polarBroadcast != nil
        case (.broadcast, _): device.polarBroadcast != nil && selector.matches(device)
        }
    }

    /// Whether a scan has to report devices that do not advertise 0x180D.
    var needsUnfilteredScan: Bool { mode == .broadcast || selector.needsUnfilteredScan }

    /// Whether the device can be had now, as far as BlueZ knows. A connection is no broadcast.
    func canReach(_ device: BlueZSnapshot.Device) -> Bool {
        switch mode {
        case .connect: device.isPresent
        case .broadcast: device.isAdvertising
        }
    }
}

/// How the heart rate of a strap is had.
public enum StrapMode: Sendable, Hashable {
    /// Over a connection: every strap can do that, and sends RR intervals too.
    case connect
    /// From what a Polar strap advertises to everybody, without ever connecting to it: one adapter hears any number of
    /// straps.
    case broadcast
}
