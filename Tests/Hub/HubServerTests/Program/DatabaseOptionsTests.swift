import FoundationEssentials
import Testing

/// Where `strapline-hub` looks for its database.
@Suite(.timeLimit(.minutes(10))) struct DatabaseOptionsTests {
    private let program = HubProgram()

    @Test func database_whenSystemdNamesSeveralFolders_isInTheFirst() async throws {
        let ended = try await program.shell(
            """
            folder=$(dirname "$1")/first
            mkdir "$folder"
            STATE_DIRECTORY=$folder:/nonexistent strapline-hub user add Anna >/dev/null && ls "$folder"
            """)
        #expect(ended.standardOutput.hasPrefix("hub.sqlite\n"), "\(ended)")
    }

    @Test(arguments: [
        "postgres://hub:secret1@pg1/strapline", "postgresql://hub:secret1@pg1/strapline",
        "postgres://hub@pg1/strapline?password=secret1",
    ])
    func database_whenItsAddressHasAPassword_isRefused_andNotShown(address: String) async throws {
        let ended = try await program.shell("strapline-hub user list --database '\(address)'")
        #expect(ended.exitCode == 64, "\(ended)")
        #expect(ended.standardError.contains("~/.pgpass"), "\(ended)")
        #expect(!(ended.standardError + ended.standardOutput).contains("secret1"))
    }

    @Test(arguments: ["postgres://", "postgres://hub@/strapline", "postgres://hub@pg1", "postgres://hub@pg1/a?x=1"])
    func database_whenItsAddressIsIncomplete_isRefused(address: String) async throws {
        let ended = try await program.shell("strapline-hub serve --port 0 --database '\(address)'")
        #expect(ended.exitCode == 64, "\(ended)")
        #expect(ended.standardError.contains("postgres://hub@pg1,pg2,pg3/strapline"), "\(ended)")
    }

    /// A hub that kept its readings in such a file would keep one copy, and show a password in its log.
    @Test(arguments: ["postgres:/hub:secret1@pg1/s", "mysql://hub:secret1@pg1/s", "host=pg1 password=secret1"])
    func database_whenItsAddressHasAnotherForm_isRefused_andMakesNoFile(address: String) async throws {
        let ended = try await program.shell(
            #"cd "$(dirname "$1")" && strapline-hub user list --database '\#(address)'; echo $? && ls"#)
        #expect(ended.standardOutput == "64\n", "\(ended)")
        #expect(ended.standardError.contains("postgres://hub@pg1,pg2,pg3/strapline"), "\(ended)")
        #expect(!ended.standardError.contains("secret1"), "\(ended)")
    }

    @Test func server_thatIsNotThere_isNamed() async throws {
        let ended = try await program.shell("strapline-hub user list --database postgres://hub@127.0.0.1:1/strapline")
        #expect(ended.exitCode == 73, "\(ended)")
        #expect(ended.standardError.contains("127.0.0.1:1"), "\(ended)")
    }

    @Test func file_needsNoLibraryOfPostgreSQL() async throws {
        _ = try await program.serve { serving in
            let maps = try String(contentsOfFile: "/proc/\(serving.processID)/maps", encoding: .utf8)
            #expect(maps.contains("libc.so"))
            #expect(!maps.contains("libpq"))
        }
    }

    @Test func database_whenTheDesktopsFolderIsRelative_isInTheHomeFolder() async throws {
        let ended = try await program.shell(
            """
            cd "$(dirname "$1")"
            mkdir -p home/.local/state/strapline relative/strapline
            HOME=$PWD/home XDG_STATE_HOME=relative strapline-hub user add Anna >/dev/null
            ls home/.local/state/strapline relative/strapline
            """)
        #expect(ended.standardOutput.contains("home/.local/state/strapline:\nhub.sqlite\n"), "\(ended)")
        #expect(ended.standardOutput.hasSuffix("relative/strapline:\n"), "\(ended)")
    }
}
