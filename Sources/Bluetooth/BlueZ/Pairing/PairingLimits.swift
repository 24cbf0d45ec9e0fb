/// The time limits of pairing, with reasons.
enum PairingLimits {
    /// A strap advertises at least once in two seconds. The user needs time to put it on.
    static let search: Duration = .seconds(30)

    /// After the first fitting strap, for others that fit as well.
    static let gather: Duration = .seconds(3)

    /// The failed attempts before pairing fails. `le-connection-abort-by-local` also comes by chance: straps answer the
    /// first attempt badly and the second well. The same number of lost links of other programs is allowed.
    static let connectAttempts = 3

    /// bluetoothd gives a user 60 s for each question; the strap then has 30 s for its part.
    static let pair: Duration = .seconds(120)

    /// How many measurements show that all is well.
    static let measurements = 3

    /// One of them must be a heart rate: a strap needs some seconds to find the pulse.
    static let measurementsWithoutHeartRate = 20

    /// `StopNotify`, `Disconnect` and the rest take 2 s; past this the bus's end does it.
    static let leave: Duration = .seconds(10)

    /// Measurements beyond this number of waiting inputs are dropped.
    static let waitingInputs = 1024
}
