import FoundationEssentials
package import Glibc
import MosquittoHarness

/// The programs of PostgreSQL on this machine.
package enum PostgresPrograms {
    /// Debian keeps them outside of PATH, in a folder for each version.
    private static let folder: String? = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let newest = versions.compactMap { Int($0) }.max().map { "/usr/lib/postgresql/\($0)/bin" }
        return [newest, "/usr/local/bin", "/usr/bin"].compactMap(\.self).first { access($0 + "/initdb", X_OK) == 0 }
    }()

    /// Whether tests can start servers. PostgreSQL does not run as root, so that root needs the user `postgres`.
    package static var areThere: Bool { folder != nil && (getuid() != 0 || owner != nil) }

    /// The user and the group of the servers of root.
    package static var owner: (user: uid_t, group: gid_t)? {
        getpwnam("postgres").map { ($0.pointee.pw_uid, $0.pointee.pw_gid) }
    }

    /// The words of a call, as the user that PostgreSQL runs as.
    static func call(_ program: String, _ arguments: [String]) -> [String] {
        let words = [(folder ?? "/usr/bin") + "/" + program] + arguments
        guard getuid() == 0, let owner else { return words }
        return ["setpriv", "--reuid=\(owner.user)", "--regid=\(owner.group)", "--clear-groups"] + words
    }

    /// Runs a program to its end. Throws its output if `hasWorked` finds no success in it.
    static func run(_ program: String, _ arguments: [String], hasWorked: @Sendable ([String]) -> Bool) async throws {
        let started = try LineProgram(call(program, arguments))
        let lines = await started.until { _ in false }
        guard hasWorked(lines) else {
            throw PostgresStartError(lines: [program] + lines)
        }
    }
}

/// Why a program of PostgreSQL does not run: its output.
struct PostgresStartError: Error, CustomStringConvertible {
    let lines: [String]

    var description: String { lines.joined(separator: "\n") }
}
