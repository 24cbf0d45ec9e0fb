import FoundationEssentials
import Subprocess
import TestKit
import Testing

/// File systems on which SQLite cannot work. Each program reports that in one sentence with the file system's name, and
/// changes no file.
@Suite(.timeLimit(.minutes(10))) struct LackingFileSystemTests {
    private let directory = TemporaryDirectory()

    /// Advice that is wrong for such a disk: the file is sound, and the path is right.
    private static let wrongAdvice = ["Move the file away", "Check the path", ".recover", "no such table", "malformed"]

    private static let commands = [
        "strapline run --config $D/c.yaml", "strapline-hub user add Anna --database $D/h.sqlite",
        "strapline-hub serve --port 0 --database $D/h.sqlite",
    ]

    @Test(arguments: commands, ["mapping", "locks", "sync"])
    func program_whereTheFileSystemLacksSomething_saysWhatAndNamesIt(command: String, lack: String) async throws {
        let ended = try await shell(command, lacking: lack)
        #expect(ended.code == 73, "\(ended)")
        let sentence = ["mapping": "no shared memory", "locks": "no locks", "sync": "no sync"][lack] ?? ""
        #expect(ended.text.contains(sentence), "\(ended)")
        #expect(ended.text.contains("Put it on a local disk"), "\(ended)")

        #expect(ended.text.contains("the file system there ("), "\(ended)")
        for words in Self.wrongAdvice { #expect(!ended.text.contains(words), "\(ended)") }
    }

    @Test(arguments: ["mapping", "locks"]) func visitor_ofASoundFileOnSuchADisk_saysTheSame(lack: String) async throws {
        let made = try await shell(
            """
            strapline run --config $D/c.yaml & uploader=$!
            until strapline outbox export --config $D/c.yaml; do kill -0 $uploader || exit 1; sleep 0.1; done
            kill $uploader; wait $uploader || true
            """)
        #expect(made.code == 0, "\(made)")
        let commands = [
            "strapline outbox export --config $D/c.yaml", "strapline outbox list --config $D/c.yaml",
            "strapline doctor --config $D/c.yaml", "strapline check --config $D/c.yaml",
        ]
        for command in commands {
            let ended = try await shell(command, lacking: lack)
            for words in Self.wrongAdvice { #expect(!ended.text.contains(words), "\(command): \(ended)") }
            #expect(ended.code == 0 || ended.text.contains("local disk"), "\(command): \(ended)")
        }
        _ = try await shell("strapline-hub user add Anna --database $D/h.sqlite")
        let backup = try await shell(
            "strapline-hub backup $D/copy.sqlite --database $D/h.sqlite", lacking: lack)
        #expect(backup.code == 73 && backup.text.contains("local disk"), "\(backup)")
        // The file is unchanged.
        #expect(try await shell("strapline outbox export --config $D/c.yaml").code == 0)
    }

    private struct Ended {
        let code: Int32
        let text: String
    }

    private func shell(_ command: String, lacking lack: String? = nil) async throws -> Ended {
        let preload = lack.map { "export LACKING_SHIM_FOLDER=$D LACKING_SHIM_LACKS=\($0) LD_PRELOAD=$D.so" } ?? ""
        let script = """
            export D='\(directory.path)' PATH='\(Torture.programs)':$PATH DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent
            export XDG_RUNTIME_DIR=$D HOME=$D
            trap 'rm -f $D.so' EXIT
            cc -O2 -shared -fPIC -o $D.so '\(Torture.folder)/Shim/lacking-shim.c' -ldl
            echo token >$D/t; chmod 600 $D/t
            {
              echo 'straps:'
              echo '  - name: chest'
              echo '    destinations:'
              echo "      - { service: pulsoid, address: http://127.0.0.1:9, token_file: $D/t }"
              echo "outbox: { path: $D/o.sqlite }"
            } >$D/c.yaml
            \(preload)
            \(command)
            """
        let result = try await run(
            .name("bash"), arguments: ["-c", script], input: .none, output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        guard case .exited(let code) = result.terminationStatus else { return Ended(code: -1, text: "") }
        return Ended(code: code, text: result.standardOutput + result.standardError)
    }
}
