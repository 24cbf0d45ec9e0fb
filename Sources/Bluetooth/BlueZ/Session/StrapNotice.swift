/// An action of a session on a bond or on bluetoothd's memory of the strap, for the log.
enum StrapNotice: Sendable, Equatable {
    /// The strap refused the bond, which was removed.
    case removed
    /// There is no bond, and the strap may want one.
    case missing
    case renewed
    case failed
    /// The device was removed, so that bluetoothd reads its services again.
    case cacheEmptied

    /// Whether the user has to act.
    var isWarning: Bool { self == .failed }
}

extension StrapNotice {
    /// A line for the log. `words` phrases the advice.
    func message(_ words: (StrapAdvice) -> String) -> String {
        switch self {
        case .removed: "the strap seems to have lost its bond: the bond was removed here too, and a new one is made"
        case .missing: "the strap may want a bond: the next connection makes one if needed"
        case .renewed: "a new bond was made, and the strap is trusted"
        case .failed:
            "no bond was made in \(BondRenewal.connections) connections: retry in "
                + "\(BondRenewal.pause.components.seconds / 60) min, or now: \(words(.pair))"
        case .cacheEmptied:
            "links to the strap bring no heart rate: bluetoothd forgets the strap once and reads its services again"
        }
    }
}
