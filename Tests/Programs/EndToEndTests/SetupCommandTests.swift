import BlueZSimulator
import FoundationEssentials
import Glibc
import HubStore
import ProcessHarness
import PulsoidAPI
import Subprocess
import SystemPackage
import TestKit
import Testing

/// `strapline setup` at a terminal and in scripts, between a simulated bluetoothd and a real hub.
@Suite(.timeLimit(.minutes(10)), .serialized) struct SetupCommandTests {
    private let directory = TemporaryDirectory()
    private var file: String { directory.file("strapline.yaml") }

    private struct Output {
        let text: String
        let status: TerminationStatus
    }

    private func token(of user: TestUser) throws -> String {
        try String(contentsOfFile: user.tokenFile, encoding: .utf8)
    }

    private func mode(_ path: String) -> UInt32 {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    private func setup(
        _ stack: StackFixture, _ arguments: [String], stdin: String = "", path: String? = nil
    ) async throws -> Output {
        var strapline = stack.commands
        strapline.environment = strapline.environment.updating(["XDG_STATE_HOME": directory.path])
        if let path { strapline.environment = strapline.environment.updating(["PATH": path]) }
        let ended = try await strapline.run(["setup", "--config", file] + arguments, input: stdin)
        return Output(text: ended.output + ended.error, status: ended.status)
    }

    /// At a terminal, with an answer to each question.
    private func converse(
        _ stack: StackFixture, _ steps: [String], _ answers: [String: String]
    ) async throws -> Output {
        let ended = try await stack.commands.converse(["setup"] + steps + ["--config", file], answers)
        return Output(text: ended.output, status: ended.status)
    }

    @Test func setup_atATerminal_leadsFromTheMachineToTheFirstReadings() async throws {
        let stack = try await StackFixture()
        let user = stack.users[0]
        try await stack.withHub { hub, _ in
            let address = hub.firstLine
            await stack.startBeating()
            let token = try token(of: user)
            let shown = try await converse(
                stack, ["doctor", "pair", "service"],
                [
                    "Continue anyway?": "y", "Which one?": "1", "Its name?": "me", "with spaces between:": "3",
                    "The hub's address": address, "Paste the token": token.filter { !$0.isNewline },
                    "Another strap?": "n",
                ])
            #expect(shown.status.isSuccess, "\(shown.text)")
            #expect(shown.text.contains("The token is good.") && shown.text.contains("me is in \(file)."))
            #expect(!shown.text.contains(token.filter { !$0.isNewline }))
            #expect(mode(file) == 0o640 && mode(directory.file("pulsoid-me.token")) == 0o600)

            // The existing entries are shown and kept.
            let again = try await converse(stack, ["pair"], ["Add another strap?": "n"])
            #expect(again.text.contains("strap me: the device with the address"), "\(again.text)")
            #expect(again.status.isSuccess && again.text.contains("Kept."))

            let text = try String(contentsOfFile: file, encoding: .utf8)
            try (text + "outbox: { path: \"\(stack.outbox)\" }\nclock: { wait_seconds: 0 }\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
            try await stack.uploader.serve(["run", "--config", file], waitsForLine: false) { uploader in
                let watched = try await setup(stack, ["watch", "--yes"])
                #expect(watched.status == .exited(0), "\(watched.text)\(stack.log)")
                #expect(watched.text.contains("me: delivered to pulsoid"))
                await stack.stopBeating()
                await uploader.stop()
            }
        }
        let stored = try await HubStore(path: stack.database.string).readings.oldest(ofUser: user.userID, limit: .max)
        #expect(!stored.isEmpty)
    }

    @Test func setup_whenInterruptedAtAQuestion_endsAndKeepsWhatWasDone() async throws {
        let stack = try await StackFixture()
        await stack.startBeating()
        let shown = try await converse(stack, ["pair"], ["Which one?": "1", "Its name?": ProgramRunner.interrupt])
        #expect(shown.status == .exited(130), "\(shown.text)")
        #expect(shown.text.contains("are kept: `strapline setup pair --config \(file)`"), "\(shown.text)")
        #expect(mode(file) == 0)
    }

    @Test func setup_whenInterruptedBeforeTheToken_goesOnWithItsAnswers() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { hub, _ in
            let address = hub.firstLine
            await stack.startBeating()
            let shown = try await converse(
                stack, ["pair"],
                [
                    "Which one?": "1", "Its name?": "me", "with spaces between:": "3",
                    "The hub's address": "127.0.0.1:1", "all the same?": ProgramRunner.interrupt,
                ])
            #expect(shown.status == .exited(130) && mode(file) == 0, "\(shown.text)")
            #expect(mode(file + ".unfinished") == 0o600)

            // The answers are there again, and only the address is wrong.
            let token = try token(of: stack.users[0]).filter { !$0.isNewline }
            let again = try await converse(
                stack, ["pair"],
                [
                    "Go on with me, ": "", "with spaces between: [3]": "", "[http://127.0.0.1:1]": address,
                    "Paste the token": token, "Another strap?": "n",
                ])
            #expect(again.status.isSuccess, "\(again.text)")
            #expect(!again.text.contains("Which one?") && !again.text.contains("Its name?"), "\(again.text)")
            let written = try String(contentsOfFile: file, encoding: .utf8)
            #expect(written.contains("name: \"me\"") && written.contains("address: \"\(address)\""), "\(written)")
            #expect(mode(file + ".unfinished") == 0)
        }
    }

    @Test func setup_withAnswersThatAreNotWanted_startsAgain() async throws {
        let stack = try await StackFixture()
        await stack.startBeating()
        let interrupt = ProgramRunner.interrupt
        let first = try await converse(stack, ["pair"], ["Which one?": "1", "Its name?": interrupt])
        #expect(first.status == .exited(130), "\(first.text)")
        let again = try await converse(stack, ["pair"], ["Go on with ": "n", "Which one?": interrupt])
        #expect(again.text.contains("Which one?") && mode(file + ".unfinished") == 0, "\(again.text)")
    }

    @Test func setup_ofAnyAddress_takesItsOptions() async throws {
        let stack = try await StackFixture()
        let headers = directory.file("headers")
        try PrivateFile.write("X-Key: sesame\n", to: FilePath(headers))
        let strap = ["--yes", "--strap", "anna=\(stack.users[0].strapAddress)", "--to", "http"]
        let http = strap + ["--hub", "https://example.invalid/heart"]
        let misspelt = try await setup(stack, ["pair"] + http + ["--set", "bdy={}"])
        #expect(misspelt.status == .exited(64), "\(misspelt.text)")
        #expect(misspelt.text.contains("Did you mean `body`?"), "\(misspelt.text)")
        let wrong = try await setup(stack, ["pair"] + http + ["--set", "body={\"at\": {when}}"])
        #expect(wrong.status == .exited(64) && wrong.text.contains("`body`"), "\(wrong.text)")
        let options = [
            "--set", #"body={"bpm": {heart_rate}}"#, "--set", "headers_file=\(headers)", "--set", "batch_seconds=5",
            "--set", "batch_readings=20",
        ]
        let good = try await setup(stack, ["pair"] + http + options)
        #expect(good.status == .exited(0), "\(good.text)")
        let check = try await stack.commands.run(["check", file])
        #expect(check.status == .exited(0) && check.output.contains("lists of up to 20 readings"), "\(check)")
        #expect(check.output.contains(headers), "\(check.output)")
    }

    @Test func setup_whenInterruptedAtTheToken_keepsTheStrap_withPulsoidAndTheHub() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { hub, _ in
            let address = hub.firstLine
            await stack.startBeating()
            let shown = try await converse(
                stack, ["pair"],
                [
                    "Which one?": "1", "Its name?": "me", "with spaces between:": "1 3",
                    "The hub's address": String(address.dropFirst("http://".count)),
                    "Paste the token": ProgramRunner.interrupt,
                ])
            #expect(shown.status == .exited(130), "\(shown.text)")
            #expect(shown.text.contains("strapline setup login"), "\(shown.text)")
            let written = try String(contentsOfFile: file, encoding: .utf8)
            #expect(written.contains("name: \"hub\"") && written.contains("address: \"\(address)\""), "\(written)")
            #expect(written.contains("pulsoid-me.token") && written.contains("hub-me.token"), "\(written)")
        }
    }

    @Test func setup_ofAHubThatDoesNotAnswer_asksForTheAddressBeforeTheToken() async throws {
        let stack = try await StackFixture()
        await stack.startBeating()
        let shown = try await converse(
            stack, ["pair"],
            [
                "Which one?": "1", "Its name?": "me", "with spaces between:": "3",
                "The hub's address": "127.0.0.1:1", "all the same?": ProgramRunner.interrupt,
            ])
        #expect(shown.status == .exited(130), "\(shown.text)")
        #expect(shown.text.contains("127.0.0.1:1") && !shown.text.contains("Paste the token"), "\(shown.text)")
        #expect(mode(file) == 0)
    }

    @Test func setup_byAScript_refusesOneTokenForTwoStraps_andTakesOneForEach() async throws {
        let stack = try await StackFixture()
        let (anna, ben) = (stack.users[0], stack.users[1])
        let straps = ["--strap", "anna=\(anna.strapAddress)", "--strap", "ben=\(ben.strapAddress)"]
        let shared = try await setup(stack, ["pair", "--yes"] + straps + ["--token-file", anna.tokenFile])
        #expect(shared.status == .exited(64) && shared.text.contains("--same-person"), "\(shared.text)")
        #expect(mode(file) == 0)
        try await stack.withHub { hub, _ in
            let own = try await setup(
                stack,
                [
                    "pair", "--yes", "--strap", "anna=\(anna.strapAddress),token=\(anna.tokenFile)",
                    "--strap", "ben=\(ben.strapAddress),token=\(ben.tokenFile)", "--hub", hub.firstLine,
                ])
            #expect(own.status == .exited(0), "\(own.text)")
        }
        let written = try String(contentsOfFile: file, encoding: .utf8)
        #expect(written.contains(anna.tokenFile) && written.contains(ben.tokenFile), "\(written)")
    }

    /// In two runs, and with one file for two straps.
    @Test(arguments: [true, false]) func setup_byAScript_neverMakesTwoPeopleOne(inTwoRuns: Bool) async throws {
        let stack = try await StackFixture()
        let (anna, ben) = (stack.users[0], stack.users[1])
        try await stack.withHub { hub, _ in
            let place = ["pair", "--yes", "--hub", hub.firstLine]
            let straps = ["anna=\(anna.strapAddress)", "ben=\(ben.strapAddress)"].flatMap {
                ["--strap", "\($0),token=\(anna.tokenFile)"]
            }
            if inTwoRuns {
                let first = try await setup(stack, place + straps.prefix(2))
                #expect(first.status == .exited(0), "\(first.text)")
            }
            let refused = try await setup(stack, place + (inTwoRuns ? straps.suffix(2) : straps[...]))
            #expect(refused.status == .exited(64), "\(refused.text)")
            #expect(refused.text.contains("anna and ben would appear as one person"), "\(refused.text)")
            let written = try String(contentsOfFile: file, encoding: .utf8)
            #expect(written.contains("anna") && !written.contains("ben"), "\(written)")
            let meant = try await setup(stack, place + straps.suffix(2) + ["--same-person"])
            #expect(meant.status == .exited(0), "\(meant.text)")
        }
    }

    @Test func setup_withTheTokenOfAnotherStrap_asks_andANameThatIsTakenIsExplained() async throws {
        let stack = try await StackFixture()
        let anna = stack.users[0]
        try await stack.withHub { hub, _ in
            let strap = ["--strap", "anna=C4:11:22:33:44:99", "--token-file", anna.tokenFile]
            let first = try await setup(stack, ["pair", "--yes", "--hub", hub.firstLine] + strap)
            #expect(first.status == .exited(0), "\(first.text)")
            await stack.startBeating()
            let shown = try await converse(
                stack, ["pair"],
                [
                    "Add another strap?": "y", "Which one?": "1", "Its name?": "anna",
                    "is named anna already.": "ben", "with spaces between:": "", "The hub's address": "",
                    "Paste the token": try token(of: anna).filter { !$0.isNewline },
                    "wear both straps?": ProgramRunner.interrupt,
                ])
            #expect(shown.status == .exited(130), "\(shown.text)")
            #expect(shown.text.contains("anna and ben would appear as one person"), "\(shown.text)")
            #expect(!shown.text.contains("The token is good."), "\(shown.text)")
        }
    }

    @Test func setup_byAScript_ofAStrapWithAnotherName_printsARenameThatWorks() async throws {
        let stack = try await StackFixture()
        let anna = stack.users[0]
        try await stack.withHub { hub, _ in
            let place = ["--token-file", anna.tokenFile, "--hub", hub.firstLine]
            let first = try await setup(stack, ["pair", "--yes", "--strap", "anna=\(anna.strapAddress)"] + place)
            #expect(first.status == .exited(0), "\(first.text)")
            let renaming = ["pair", "--yes", "--strap", "Anna K=\(anna.strapAddress)"] + place
            let other = try await setup(stack, renaming)
            #expect(other.status == .exited(78), "\(other.text)")
            let command = try #require(other.text.firstRange(of: "strapline strap rename"))
            let printed = other.text[command.lowerBound...].prefix { !$0.isNewline }
            let renamed = try await stack.commands.runPrinted(printed)
            #expect(renamed.status == .exited(0), "\(printed): \(renamed.error)")
            let again = try await setup(stack, renaming)
            #expect(again.status == .exited(0) && again.text.contains("unchanged"), "\(again.text)")
        }
    }

    @Test func setup_byAScript_writesOnceAndStartsTheService() async throws {
        let stack = try await StackFixture()
        let (anna, ben) = (stack.users[0], stack.users[1])
        // The folder of the package, with a systemctl that records its arguments.
        try FileManager.default.createDirectory(
            atPath: directory.file("tokens"), withIntermediateDirectories: false, attributes: nil)
        let systemctl = directory.file("systemctl")
        try "#!/bin/sh\necho \"$@\" >>'\(directory.file("calls"))'\n[ \"$1\" != is-active ]\n"
            .write(toFile: systemctl, atomically: true, encoding: .utf8)
        chmod(systemctl, 0o755)
        let path = directory.path + ":/usr/bin:/bin"
        try await stack.withHub { hub, _ in
            let address = hub.firstLine
            let arguments = ["--yes", "--strap", "anna=\(anna.strapAddress)", "--hub", address, "--token-stdin"]
            let first = try await setup(stack, arguments, stdin: try token(of: anna), path: path)
            #expect(first.status == .exited(0), "\(first.text)")
            #expect(first.text.contains("The service runs, and starts at each boot."))
            #expect(mode(directory.file("tokens/pulsoid-anna")) == 0o600)
            let written = try String(contentsOfFile: file, encoding: .utf8)
            #expect(written.contains("token_credential: \"token_pulsoid-anna\""))
            #expect(written.contains("address: \"\(address)\""))

            let second = try await setup(stack, arguments, stdin: try token(of: anna), path: path)
            #expect(second.status == .exited(0) && second.text.contains("unchanged"), "\(second.text)")
            #expect(try String(contentsOfFile: file, encoding: .utf8) == written)

            let third = try await setup(
                stack,
                [
                    "pair", "--yes", "--strap", "ben=\(ben.strapAddress)", "--hub", address, "--to", "pulsoid", "--to",
                    "cardiogram", "--user-id", "\(ben.userID)", "--token-file", ben.tokenFile,
                ], path: path)
            #expect(third.status == .exited(0), "\(third.text)")
            let both = try String(contentsOfFile: file, encoding: .utf8)
            #expect(both.hasPrefix(written) && both.contains("user_id: \"\(ben.userID)\""))
        }
        let calls = try String(contentsOfFile: directory.file("calls"), encoding: .utf8)
        #expect(calls.contains("enable --now strapline.service"))
    }

    @Test func setup_byAScript_refusesATokenThatIsNotGood() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { hub, _ in
            let address = hub.firstLine
            let result = try await setup(
                stack, ["pair", "--yes", "--strap", "anna=C4:11:22:33:44:55", "--hub", address, "--token-stdin"],
                stdin: "sesame-token\n")
            #expect(result.status == .exited(77), "\(result.text)")
            #expect(!result.text.contains("sesame"))
            #expect(mode(file) == 0)
        }
    }

    @Test func setup_withoutATerminal_saysWhatItNeeds() async throws {
        let stack = try await StackFixture()
        let silent = try await setup(stack, [])
        #expect(silent.status == .exited(64) && silent.text.contains("--yes"))
        let lost = try await setup(stack, ["--yes"])
        #expect(lost.status == .exited(64) && lost.text.contains("--strap NAME=ADDRESS"))
        let changing = try await setup(stack, ["pair", "--yes", "--strap", "watch=5A:11:22:33:44:55"])
        #expect(changing.status == .exited(69) && changing.text.contains("private address"), "\(changing.text)")
    }
}
