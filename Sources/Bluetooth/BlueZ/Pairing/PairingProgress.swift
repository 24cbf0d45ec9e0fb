public import HeartRate

/// What happens on the way to a paired strap, for the person who waits for it.
public enum PairingProgress: Sendable, Hashable {
    case searching
    case connecting(NearbyDevice)
    /// Somebody else, such as `strapline run`, is connected to it: it is listened to beside them.
    case sharing(NearbyDevice)
    case pairing
    case paired
    case trusted
    case measured(HeartRateMeasurement)
    /// The person is to type this number on the strap.
    case displayPasskey(String)
    /// The person is to type these characters on the strap.
    case displayPinCode(String)
}
