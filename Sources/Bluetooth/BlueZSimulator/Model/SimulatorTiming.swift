/// The delays of bluetoothd and the kernel. The defaults were measured with BlueZ 5.66.
public struct SimulatorTiming: Sendable, Hashable {
    /// From the silence of a strap to `Connected=false`.
    public var linkSupervision: Duration = .milliseconds(420)
    /// `Connect` to a strap that is out of range fails after this.
    public var connectTimeout: Duration = .seconds(40)
    /// From `Connect` to `Connected=true`.
    public var connect: Duration = .zero
    /// From `Connected=true` to `ServicesResolved=true`.
    public var resolve: Duration = .zero
    /// `StartNotify` fails after this on a strap that requires pairing, without an agent.
    public var unpairedStartNotify: Duration = .seconds(30)
    /// A read that the strap does not answer fails after this.
    public var attTransaction: Duration = .seconds(30)
    /// A device that was never connected vanishes this long after its last advertisement (`TemporaryTimeout`).
    public var temporaryDevice: Duration = .seconds(30)
    /// Links of the kernel end this long after the restart of a killed bluetoothd.
    public var orphanedLink: Duration = .seconds(2)

    /// The times of BlueZ 5.66.
    public init() {}
}
