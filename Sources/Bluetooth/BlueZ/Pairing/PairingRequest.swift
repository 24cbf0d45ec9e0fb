/// What a person wants of ``Bluetooth/pair(_:with:until:)``.
public struct PairingRequest: Sendable, Hashable {
    /// Which strap; ``StrapSelector/first`` stands for whichever is there, and a person is asked when several are.
    public var selector: StrapSelector
    /// Whether to pair although the strap has not asked for it.
    public var pairsAlways: Bool

    public init(selector: StrapSelector, pairsAlways: Bool = false) {
        self.selector = selector
        self.pairsAlways = pairsAlways
    }
}
