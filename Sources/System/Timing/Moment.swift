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
