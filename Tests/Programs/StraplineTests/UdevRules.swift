import FoundationEssentials
import Subprocess
import TestKit

/// udev rules, held against udev's own parser.
enum UdevRules {
    /// The ones of this project.
    static let path = ProjectFolder.path("udev/90-strapline.rules")

    /// False where there is no parser to be had.
    static func canBeChecked() async throws -> Bool { try await check(path) != .exited(77) }

    /// Ends with 0 when they are without fault, and with 1 when they are not.
    static func check(_ path: String) async throws -> TerminationStatus {
        try await Subprocess.run(
            .name("env"), arguments: [ProjectFolder.path("scripts/check-udev-rules.sh"), path], input: .none,
            output: .discarded,
            error: .discarded
        ).terminationStatus
    }
}
