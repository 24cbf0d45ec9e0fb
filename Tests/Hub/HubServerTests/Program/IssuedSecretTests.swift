import FoundationEssentials
import GRDB
import Subprocess
import SystemPackage
import TestKit
import Testing

@testable import HubStore

/// Where tokens and codes come from, and what happens when the kernel gives nothing.
@Suite(.timeLimit(.minutes(10)))
struct IssuedSecretTests {
    private let program = HubProgram()

    /// Runs a script that has the program as `strapline-hub` and the database as `$1`.
    private func shell(_ script: String) async throws -> HubProgram.Output {
        try await program.shell(script)
    }

    /// Below some number the program cannot start at all; a token that it prints is a good one.
    @Test func secrets_whereNoFileIsFree_areGoodOrAreNot() async throws {
        #expect(try await program.run("user", "add", "Anna").exitCode == 0)
        var secrets: [String] = []
        for files in 4...16 {
            for command in [
                "admin-token --name x", "token issue --user Anna --scope profile:read", "client add App --secret",
            ] {
                let output = try await shell(
                    "ulimit -n \(files); exec strapline-hub \(command) --database \"$1\" --json")
                guard output.exitCode == 0 else {
                    #expect(Self.secret(in: output.standardOutput) == nil)
                    continue
                }
                secrets.append(try #require(Self.secret(in: output.standardOutput)))
            }
        }
        #expect(!secrets.isEmpty)
        #expect(Set(secrets).count == secrets.count)
        #expect(secrets.allSatisfy { !$0.contains("0000") })
    }

    /// An empty file system in the place of `/dev`, in a name space of its own.
    @Test func secrets_withoutADevFolder_areGood() async throws {
        #expect(try await program.run("user", "add", "Anna").exitCode == 0)
        let own = "unshare --user --map-root-user --mount"
        let empty = "mount -t tmpfs none /dev && ! test -e /dev/urandom"
        guard try await shell("\(own) sh -c '\(empty)'").exitCode == 0 else {
            // Name spaces are forbidden here: only the check above counts.
            return
        }
        var secrets: [String] = []
        for command in [
            "admin-token --name x", "admin-token --name y", "token issue --user Anna --scope profile:read",
        ] {
            let output = try await shell(
                "\(own) sh -c '\(empty) && exec strapline-hub \(command) --database \"$0\" --json' \"$1\"")
            #expect(output.exitCode == 0, "\(output.standardError)")
            secrets.append(try #require(Self.secret(in: output.standardOutput)))
        }
        #expect(Set(secrets).count == 3)
        #expect(secrets.allSatisfy { !$0.contains("0000") })
    }

    private static func secret(in json: String) -> String? {
        struct Outcome: Decodable {
            let admin_token: String?
            let access_token: String?
            let client_secret: String?
        }
        let outcome = try? JSONDecoder().decode(Outcome.self, from: Data(json.utf8))
        return outcome?.admin_token ?? outcome?.access_token ?? outcome?.client_secret
    }

    /// A database in which an earlier version has left secrets that anybody can know.
    @Test func secretsOfZeros_ofAnEarlierVersion_areEndedWhenTheDatabaseIsOpened() async throws {
        let zeros = "00000000-0000-4000-8000-000000000000"
        try OldDatabase.make(program.database) { db in
            try db.execute(
                sql: """
                    INSERT INTO token (hash, user_id, scopes, issued_at_ms) VALUES (?, 1, 'profile:read', 0);
                    INSERT INTO admin_token (hash, name, issued_at_ms) VALUES (?, 'x', 0);
                    INSERT INTO client (id, name, secret_hash, created_at_ms) VALUES ('app', 'App', ?, 0);
                    """,
                arguments: [
                    TokenHash(of: zeros).bytes, TokenHash(of: "strapline-admin-" + zeros).bytes,
                    TokenHash(of: zeros).bytes,
                ])
        }
        let store = try HubStore(path: program.database)
        #expect(try await store.accounts.tokens().map(\.id) == [OldDatabase.tokenID])
        #expect(try await store.accounts.adminTokens().isEmpty)
        #expect(try await store.oauth.client("app")?.isConfidential == true)
        #expect(try await !store.oauth.isSecret(zeros, ofClient: "app"))
        try store.close()
    }
}
