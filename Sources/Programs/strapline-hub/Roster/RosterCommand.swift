import ArgumentParser
import Console
import Files
import Glibc
import HubAPI
import HubStore
import TextFormats

struct RosterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roster", abstract: "Many people at once, from a spreadsheet.",
        subcommands: [RosterImportCommand.self])
}

struct RosterImportCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Add everybody in a CSV file: user, room and token.",
        discussion: """
            The columns are name, room, max_heart_rate and strap. Only the name is required. A first line with these \
            names may be there, then in any order. If a line has a mistake, nothing is changed, and every mistake is \
            listed. The strap is for `strapline setup --roster`, which reads the same file.

            You can run it again: users and members stay, and it issues tokens only to people without one.
            """)

    private static let longestBytes = 1 << 20

    private struct Outcome: Encodable {
        struct Row: Encodable {
            let userId: Int64
            let profileId: String
            let name: String
            let roomId: String?
            let isNewUser: Bool
            let isNewMember: Bool
            let accessToken: String?
            let tokenFile: String?
        }

        let people: [Row]
    }

    @Argument(help: "The CSV file, or - for standard input.", completion: .file(extensions: ["csv"]))
    var file: String
    @Option(help: "The room of lines without one: a name or an ID.")
    var room: String?
    @Option(
        help: ArgumentHelp(
            "Write each token to a file NAME.token in this folder, for this user of the machine only, instead of "
                + "showing them.", valueName: "folder"), completion: .directory)
    var tokens: String?
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let roster = Roster(try read(), room: room)
        if !roster.mistakes.isEmpty { throw RosterFailure(file: file, mistakes: roster.mistakes) }
        let store = try await database.openStore(mayBeNew: true)
        let entries = roster.lines.map(\.entry)
        let files: RosterFiles? =
            if let tokens { try await RosterFiles(folder: tokens, entries: entries, store) } else { nil }
        let results: [RosterResult]
        do {
            results = try await store.roster.add(entries)
        } catch let error as RosterMistakes {
            let hub = PrintedCommand(database)
            throw RosterFailure(
                file: file,
                mistakes: error.mistakes.map {
                    Roster.Mistake(line: roster.lines[$0.index].number, text: $0.error.message(about: hub))
                })
        }
        let outcome = Outcome(
            people: results.map { result in
                Outcome.Row(
                    userId: result.user.id, profileId: result.user.profileID, name: result.user.name,
                    roomId: result.room?.id, isNewUser: result.isNewUser, isNewMember: result.isNewMember,
                    accessToken: files == nil ? result.token?.accessToken : nil,
                    tokenFile: result.token.flatMap { _ in files?.path(of: result.user.name) })
            })
        let sentences = sentences(results, files)
        guard let files else {
            return try await output.printOnce(
                outcome, sentences: sentences, about: database,
                takingBack: { try await store.roster.undo(results) })
        }
        try await files.write(results, store)
        try output.print(outcome, sentences: sentences)
    }

    private func sentences(_ results: [RosterResult], _ files: RosterFiles?) -> [String] {
        let rows = results.map { result in
            let token = result.token.map { files?.path(of: result.user.name) ?? $0.accessToken }
            let membership = result.isNewMember ? "added" : "was there already"
            return [
                result.user.name, result.room?.label ?? "no room",
                result.room == nil ? (result.isNewUser ? "added" : "was there already") : membership,
                token ?? "has a token already",
            ]
        }
        let issued = results.contains { $0.token != nil }
        let advice =
            files == nil
            ? "The tokens are not shown again: put each into a file that only its reader can read."
            : "Only this user of the machine can read these files."
        return TextTable.lines(of: rows) + (issued ? ["", advice] : [])
    }

    private func read() throws(CommandError) -> [UInt8] {
        let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandError("Cannot read \(file): \(String(cString: strerror(errno))).", .noInput)
        }
        defer { close(descriptor) }
        let bytes: [UInt8]
        do {
            bytes = try DescriptorIO.read(from: descriptor, limit: Self.longestBytes + 1)
        } catch {
            throw CommandError("Cannot read \(file): \(String(cString: strerror(error.code))).", .noInput)
        }
        guard bytes.count <= Self.longestBytes else {
            throw CommandError("\(file) is no roster: it has more than \(Self.longestBytes) bytes.", .dataError)
        }
        return ForeignText.utf8(bytes)
    }
}

/// The lines of a roster that cannot be used.
private struct RosterFailure: CommandFailure {
    let file: String
    let mistakes: [Roster.Mistake]

    var exitCode: ExitCode { .dataError }
    var startsWithProgram: Bool { false }

    var description: String {
        let lines = mistakes.sorted { $0.line < $1.line }.map { "\(file):\($0.line): \($0.text)" }
        let them = mistakes.count == 1 ? "this mistake" : "these \(mistakes.count) mistakes"
        return lines.joined(separator: "\n") + "\nNothing was changed. Fix \(them), and run the command again."
    }
}
