import Subprocess
import SystemPackage
import Timing

/// The bluetoothd that is installed. The one that runs tells its version nowhere; it is the same one unless it was upgraded
/// and not started again.
enum BluetoothdProgram: Sendable, Equatable {
    case installed(BlueZVersion)
    /// There, but it does not tell its version.
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
