import Subprocess
import SystemPackage
import Timing

/// The installed bluetoothd. The running one reports its version nowhere: it is the same, unless it was upgraded
/// and not started again.
enum BluetoothdProgram: Sendable, Equatable {
    case installed(BlueZVersion)
    /// It is there, but does not report its version.
    case silent
    /// At none of the usual places.
    case notFound

    /// Debian 12 and newer; Debian before, Raspberry Pi OS, Fedora; other distributions.
    static let usualPaths = [
        "/usr/libexec/bluetooth/bluetoothd", "/usr/lib/bluetooth/bluetoothd", "/usr/sbin/bluetoothd",
    ]

    /// It prints its version in milliseconds.
    static let answerLimit: Duration = .seconds(5)

    static func find(in files: SystemFiles, clock: any Clock<Duration> = ContinuousClock()) async -> BluetoothdProgram {
        guard let path = usualPaths.first(where: files.exists).map(files.path) else { return .notFound }
        let output = try? await withTimeout(answerLimit, clock: clock) {
            try await Subprocess.run(
                .path(FilePath(path)), arguments: ["--version"], input: .none, output: .string(limit: 256),
                error: .discarded
            ).standardOutput
        }
        let line = output?.split(whereSeparator: \.isNewline).first.map(String.init)
        return line.flatMap(BlueZVersion.init).map { .installed($0) } ?? .silent
    }
}

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

/// The settings of `/etc/bluetooth/main.conf` that matter here.
struct BluetoothdConfiguration: Sendable, Equatable {
    /// `MaxConnectionInterval` of the section `LE`, in 1.25 ms; nil where the kernel's default holds.
    let maxConnectionInterval: Int?

    init(_ text: String) {
        var section: Substring = ""
        var interval: Int?
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop(while: \.isWhitespace)
            if line.first == "[" {
                section = line.dropFirst().prefix { $0 != "]" }
            } else if section == "LE", let equals = line.firstIndex(of: "=") {
                let key = line[..<equals].prefix { !$0.isWhitespace }
                let value = line[equals...].dropFirst().filter { !$0.isWhitespace }
                if key == "MaxConnectionInterval" { interval = Int(value) }
            }
        }
        maxConnectionInterval = interval
    }
}
