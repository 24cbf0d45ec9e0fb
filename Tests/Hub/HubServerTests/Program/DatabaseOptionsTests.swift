import Testing

/// Where `strapline-hub` looks for its database without `--database`.
@Suite(.timeLimit(.minutes(1))) struct DatabaseOptionsTests {
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
