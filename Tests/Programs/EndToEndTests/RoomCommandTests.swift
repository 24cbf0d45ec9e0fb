import ProcessHarness
import Subprocess
import Testing

/// `strapline room` without a room, as a process of its own.
@Suite(.timeLimit(.minutes(10))) struct RoomCommandTests {
    @Test func room_withATokenThatCannotReadRooms_namesTheScope_andHowToGetIt() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { hub, _ in
            let ended = try await stack.commands.run([
                "room", "--address", hub.firstLine, "--token-file", stack.users[0].tokenFile,
            ])
            #expect(ended.status == .exited(77), "\(ended.error)")
            #expect(ended.error.contains("data:room:read"), "\(ended.error)")
            #expect(ended.error.contains("strapline-hub token issue"), "\(ended.error)")
        }
    }

    @Test(arguments: ["latest", "watch", "room"]) func reader_withoutAToken_namesItsOption(command: String) async throws
    {
        let stack = try await StackFixture()
        let ended = try await stack.commands.run([command])
        #expect(ended.status == .exited(77), "\(ended.error)")
        #expect(ended.error.contains("--token-file") && ended.error.contains("PULSOID_TOKEN"), "\(ended.error)")
    }

    @Test func reader_withTheUploadersToken_isNotToldToReplaceIt() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { hub, _ in
            for command in ["latest", "watch"] {
                let ended = try await stack.commands.run([
                    command, "--address", hub.firstLine, "--token-file", stack.users[0].tokenFile,
                ])
                #expect(ended.status == .exited(77), "\(ended.error)")
                #expect(ended.error.contains("keep it. Use another token"), "\(ended.error)")
                #expect(!ended.error.contains("put it in"), "\(ended.error)")
            }
        }
    }

    @Test func room_whereNothingAnswers_saysThat() async throws {
        let stack = try await StackFixture()
        let ended = try await stack.commands.run([
            "room", "--address", "http://127.0.0.1:1", "--token-file", stack.users[0].tokenFile,
        ])
        #expect(ended.status == .exited(69), "\(ended.error)")
        #expect(ended.error.contains("127.0.0.1:1") && !ended.error.contains("ROOM_ID"), "\(ended.error)")
    }
}
