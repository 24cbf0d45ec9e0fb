import FoundationEssentials
import TestKit

/// The death of a primary in the middle of a write, for its standbys.
extension PostgresServer {
    /// A standby goes on receiving, and replays nothing until it is started again.
    package func pauseReplay() async throws {
        try await PostgresPrograms.run(
            "psql", ["-h", directory.path, "-U", "postgres", "-c", "SELECT pg_wal_replay_pause()"]
        ) { lines in lines.contains { $0.contains("(1 row)") } }
    }

    /// A stopped standby streams from this server when it starts.
    package func follow(_ primary: PostgresServer) throws {
        let path = data + "/postgresql.auto.conf"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try (text + "primary_conninfo = 'user=postgres host=\(primary.directory.path)'\n")
            .write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// Removes what a stopped standby has received after a segment of the log, named as by `pg_walfile_name`.
    package func removeLog(after segment: String) throws {
        let folder = data + "/pg_wal"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name.utf8.count == segment.utf8.count && name > segment {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }
}
