/// How long bluetoothd and the kernel take. The defaults are what was measured with BlueZ 5.66.
public struct SimulatorTiming: Sendable, Hashable {
    /// From a strap's silence to `Connected=false`.
    public var linkSupervision: Duration = .milliseconds(420)
    /// `Connect` to a strap that is out of range fails after this.
    public var connectTimeout: Duration = .seconds(40)
    /// From `Connect` to `Connected=true`.
    public var connect: Duration = .zero
    /// From `Connected=true` to `ServicesResolved=true`.
    public var resolve: Duration = .zero
    /// `StartNotify` fails after this on a strap that requires pairing, when nobody answers for the machine.
    public var unpairedStartNotify: Duration = .seconds(30)
    /// A value that the strap does not send is given up after this.
    public var attTransaction: Duration = .seconds(30)
    /// A device that was never connected vanishes so long after it was last seen (`TemporaryTimeout`).
    public var temporaryDevice: Duration = .seconds(30)
    /// After bluetoothd was killed the kernel's links outlive its restart by this.
    public var orphanedLink: Duration = .seconds(2)

    public init() {}
}
