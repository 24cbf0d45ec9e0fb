/// `5.66`
struct BlueZVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
    /// What the tests run with, in Debian 12.
    static let tested = BlueZVersion(major: 5, minor: 66)
    /// Before it straps are lost and not found again.
    static let oldest = BlueZVersion(major: 5, minor: 50)

    let major: Int
    let minor: Int

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads what `bluetoothd --version` prints.
    init?(_ text: String) {
        let numbers = text.split(separator: ".").map { Int($0) }
        guard numbers.count >= 2, let major = numbers[0], let minor = numbers[1] else { return nil }
        self.init(major: major, minor: minor)
    }

    var description: String { "\(major).\(minor)" }

    static func < (left: BlueZVersion, right: BlueZVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
