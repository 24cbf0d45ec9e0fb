/// What a session has done about a bond, or about bluetoothd's memory of the strap, for the log.
enum StrapNotice: Sendable, Equatable {
    /// The strap refused the bond, which was removed.
    case removed
    /// There is no bond, and the strap may want one.
    case missing
    case renewed
    case failed
    /// The device was removed, so that bluetoothd reads its services again.
    case cacheEmptied

    /// Whether a person has to see to it.
    var isWarning: Bool { self == .failed }
}

extension StrapNotice: CustomStringConvertible {
    var description: String {
        switch self {
        case .removed: "the strap seems to have lost its bond: it was removed here too, and is made anew"
        case .missing: "the strap may want a bond: the next connection makes one if it does"
        case .renewed: "the bond was made anew, and the strap marked as trusted"
        case .failed:
            "no bond came about in \(BondRenewal.connections) connections; tried again in "
                + "\(BondRenewal.pause.components.seconds / 60) min, or pair it by hand: strapline pair"
        case .cacheEmptied:
            "links to the strap stand but bring no heart rate: bluetoothd forgets the strap once and reads its services again"
        }
    }
}
