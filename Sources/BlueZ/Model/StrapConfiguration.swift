/// One strap to hold on to.
public struct StrapConfiguration: Sendable, Hashable {
    /// The strap's name in the configuration, and in its ``StrapEvent``s; unique among the straps.
    public var name: String
    /// How the strap is recognised among the devices that a scan finds.
    public var selector: StrapSelector
    /// The one adapter to use; nil takes the first one there is, and another one when that goes away.
    public var adapter: BluetoothAddress?

    /// Whether a bond that is missing, or that the strap has lost, is made anew without asking. Whoever answers to the
    /// strap's address then gets one.
    public var renewsBond: Bool

    public init(
        name: String, selector: StrapSelector, adapter: BluetoothAddress? = nil, renewsBond: Bool = false
    ) {
        self.name = name
        self.selector = selector
        self.adapter = adapter
        self.renewsBond = renewsBond
    }
}
