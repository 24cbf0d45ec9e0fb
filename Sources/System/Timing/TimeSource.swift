/// A source of the time: ``KernelTime`` in a program, a manual clock in a test.
public protocol TimeSource: Sendable {
    /// This instant on both clocks.
    func now() -> Moment

    /// Identifies the current boot of the machine. Boot times of different boots cannot be compared.
    var bootID: String { get }

    /// Whether the wall clock is plausible. A Raspberry Pi has no clock battery: after power-on its wall clock is wrong
    /// until the network has set it.
    func isWallClockTrusted() -> Bool

    /// Whether it is known to be right: by a time server, and not only by a battery's clock, which may be some seconds
    /// off.
    func isWallClockSynchronised() -> Bool
}

extension TimeSource {
    /// Equals ``TimeSource/isWallClockTrusted()`` by default.
    public func isWallClockSynchronised() -> Bool { isWallClockTrusted() }
}

/// One instant on both clocks of the machine.
public struct Moment: Sendable, Hashable, Codable {
    /// Milliseconds since the Unix epoch (`CLOCK_REALTIME`). May step when the clock is set: never order by it.
    public var wallMilliseconds: Int64
    /// Milliseconds since the machine booted, time asleep included (`CLOCK_BOOTTIME`). Never steps.
    public var bootMilliseconds: Int64

    /// Makes an instant.
    public init(wallMilliseconds: Int64, bootMilliseconds: Int64) {
        self.wallMilliseconds = wallMilliseconds
        self.bootMilliseconds = bootMilliseconds
    }
}
