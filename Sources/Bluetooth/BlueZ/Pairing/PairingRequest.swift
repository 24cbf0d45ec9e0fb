/// The parameters of ``Bluetooth/pair(_:with:until:)``.
public struct PairingRequest: Sendable, Hashable {
    /// Selects the strap. With ``StrapSelector/first`` the user chooses if several straps are in range.
    public var selector: StrapSelector
    /// Whether to pair even if the strap does not require it.
    public var pairsAlways: Bool

    /// Makes a request.
    public init(selector: StrapSelector, pairsAlways: Bool = false) {
        self.selector = selector
        self.pairsAlways = pairsAlways
    }
}
