import ArgumentParser
import Console
import HubAPI
import HubStore

struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "Members of rooms: user, membership and token in one go.",
        subcommands: [MemberAddCommand.self, MemberListCommand.self, MemberRemoveCommand.self])
}

struct MemberAddCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a user to a room, with a token for their uploader.",
        discussion: """
            Creates the user if there is none of this name. You can run it again: users and members stay, and it issues
            a token only if the user has none. The token is shown once; the hub keeps only its hash.
            """)

    @Argument(help: "The name of the user.")
    var name: String
    @Option(help: "The room: a name or an ID. Default: the only room.")
    var room: String?
    @Option(help: ArgumentHelp("The user's maximum heart rate, for the zones on the page.", valueName: "bpm"))
    var maxHeartRate: Int?
    @Option(
        help: ArgumentHelp(
            "Write the token to this file, for this user of the machine only, instead of showing it.",
            valueName: "path"), completion: .file())
    var tokenFile: String?
    @Flag(help: "Issue a token also if the user has one.")
    var newToken = false
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let store = try await database.openStore(mayBeNew: true)
        let rooms = try await store.accounts.rooms().map(\.reference)
        guard let room = room ?? (rooms.count == 1 ? rooms[0].id : nil) else {
            let known = rooms.map(\.label).joined(separator: ", ")
            throw CommandError(
                rooms.isEmpty
                    ? "There is no room yet. Make it with: \(PrintedCommand(database).text(["room", "create", "Gym"]))"
                    : "Choose a room with --room: \(known).", .validationFailure)
        }
        let isFileThere = try await checkTokenFile(store)
        let entry = RosterEntry(name: name, room: room, maximumHeartRate: maxHeartRate)
        let wantsToken = newToken || (tokenFile != nil && !isFileThere)
        let result = try await add(entry, store, renewingToken: wantsToken)
        let report = MemberReport(
            result: result, tokenFile: tokenFile, isFileThere: isFileThere, database: database,
            isRoomNameClear: rooms.count { $0.name == result.room?.name } == 1)
        guard let token = result.token else {
            return try output.print(report.outcome, sentences: report.sentences)
        }
        let takeBack = { try await store.roster.undo([result]) }
        if let tokenFile {
            do {
                try TokenFile.write(token.accessToken, to: tokenFile)
            } catch {
                try await takeBack()
                throw CommandError("\(error.description). Nothing has changed.", .cannotCreate)
            }
            return try output.print(report.outcome, sentences: report.sentences)
        }
        try await output.printOnce(
            report.outcome, sentences: report.sentences, about: database, takingBack: takeBack)
    }

    private func add(
        _ entry: RosterEntry, _ store: HubStore, renewingToken: Bool
    ) async throws -> RosterResult {
        do {
            return try await store.roster.add([entry], renewingTokens: renewingToken)[0]
        } catch let error as RosterMistakes {
            throw error.mistakes[0].error
        }
    }

    /// Whether the file holds a token of this user. Any other file is an error.
    private func checkTokenFile(_ store: HubStore) async throws -> Bool {
        guard let tokenFile, let text = try TokenFile.text(tokenFile) else { return false }
        let id = TokenHash(of: text).tokenID
        let isTheirs = try await store.accounts.tokens().contains { $0.id == id && $0.user.name == name }
        guard isTheirs else {
            throw CommandError(
                "There is a file \(tokenFile) already, and it holds no token of \(name). Name another file with "
                    + "--token-file.", .cannotCreate)
        }
        return true
    }
}

/// What `member add` reports.
private struct MemberReport {
    struct Outcome: Encodable {
        let userId: Int64
        let profileId: String
        let name: String
        let roomId: String?
        let roomName: String?
        let isNewUser: Bool
        let isNewMember: Bool
        let accessToken: String?
        let tokenFile: String?
    }

    let result: RosterResult
    let tokenFile: String?
    let isFileThere: Bool
    let database: DatabaseOptions
    /// Whether no other room has the name of this one.
    let isRoomNameClear: Bool

    var outcome: Outcome {
        Outcome(
            userId: result.user.id, profileId: result.user.profileID, name: result.user.name,
            roomId: result.room?.id, roomName: result.room?.name, isNewUser: result.isNewUser,
            isNewMember: result.isNewMember, accessToken: tokenFile == nil ? result.token?.accessToken : nil,
            tokenFile: tokenFile)
    }

    var sentences: [String] {
        let user = result.user
        let made = result.isNewUser ? "Made user \(user.name)" : "User \(user.name) was there already"
        let room = result.room?.label ?? ""
        let joined = result.isNewMember ? "Added to room \(room)." : "A member of room \(room) already."
        return ["\(made): number \(user.id), profile \(user.profileID).", joined] + token
    }

    private var token: [String] {
        let name = result.user.name
        if let tokenFile {
            let file = PrintedCommand.absolute(tokenFile)
            return [
                isFileThere && result.token == nil
                    ? "The token of \(name)'s uploader is in \(file) already."
                    : "The token of \(name)'s uploader is in \(file), which only this user can read."
            ]
        }
        guard let token = result.token else {
            let room = result.room
            let again = PrintedCommand(database).text(
                ["member", "add", name, "--room", (isRoomNameClear ? room?.label : room?.id) ?? "", "--new-token"])
            return [
                "\(name)'s uploader has a token already. It cannot be shown again. For another one:", "  \(again)",
            ]
        }
        return [
            "The token of \(name)'s uploader:", "", token.accessToken, "",
            "It is not shown again: put it into a file that only its reader can read.",
        ]
    }
}
