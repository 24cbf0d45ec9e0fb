import Subprocess

/// The service manager of the machine.
package enum Systemctl {
    /// The packaged service.
    package static let unit = "strapline.service"

    struct Outcome {
        let isGood: Bool
        let words: String
    }

    /// Whether the machine has the packaged service.
    package static func hasUnit() async -> Bool { await run(["cat", unit]).isGood }

    /// A machine without systemd has no such program: that is an answer too.
    static func run(_ words: [String]) async -> Outcome {
        do {
            let result = try await Subprocess.run(
                .name("systemctl"), arguments: Arguments(words), input: .none, output: .discarded,
                error: .string(limit: 1 << 16))
            let words = result.standardError.split(whereSeparator: \.isNewline).joined(separator: " ")
            return Outcome(isGood: result.terminationStatus.isSuccess, words: words)
        } catch {
            return Outcome(isGood: false, words: "\(error)")
        }
    }
}
