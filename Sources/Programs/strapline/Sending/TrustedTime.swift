import Timing

/// The kernel's clocks, believed as they are: readings that are sent again, or made up, have the time that they have.
struct TrustedTime: TimeSource {
    private let kernel = KernelTime()

    var bootID: String { kernel.bootID }
    func now() -> Moment { kernel.now() }
    func isWallClockTrusted() -> Bool { true }
}
