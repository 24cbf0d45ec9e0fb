import ArgumentParser
import Destinations
import FoundationEssentials
import SessionUploads
import Tokens
package import UploaderConfiguration

package typealias SessionArgument = SetupArgument<SessionDestinationSection.Kind>

/// Adds places for finished sessions to the configuration: from the options, else from the user's answers.
package struct SetupSessions {
    let context: SetupContext

    package init(_ context: SetupContext) {
        self.context = context
    }

    private var questions: SetupQuestions { context.questions }

    /// Returns whether the configuration is another than before.
    package func run() async throws -> Bool {
        let straps = try context.strapNames()
        let chosen = try await questions.chosen(
            context.options.sessions, title: \.kind.title,
            question: "Where shall finished sessions go? Numbers, with spaces between:")
        for argument in chosen { try await add(argument, straps: straps) }
        return !chosen.isEmpty
    }

    private func add(_ argument: SessionArgument, straps: [String]) async throws {
        let draft = try context.draft()
        var entry = SessionDestinationEntry(kind: argument.kind)
        entry.name = SetupQuestions.furtherName(entry.destinationName, among: draft.sessionDestinationNames)
        entry.strap = try await questions.strap(among: straps)
        var given = argument.value
        if argument.kind.kind.tokenRule == .required { entry.token = try await token(&given, of: entry) }
        try await fill(&entry, given)
        try SetupFile.write(try draft.text(adding: entry), to: context.path, .configuration)
        await questions.show("Finished sessions go to \(entry.destinationName): \(context.path).")
    }

    /// The address and the options. The first of them takes the value of the command line.
    private func fill(_ entry: inout SessionDestinationEntry, _ value: String?) async throws {
        let kind = entry.kind.kind
        var given = value
        repeat {
            if kind.needsAddress {
                entry.address = try await questions.answer(given, "The address of the folder, as https://…:")
                given = nil
            }
            entry.options = try await questions.values(of: kind.options, given: given)
            given = nil
        } while try await !questions.accepts(kind.firstMistake(in: OptionValues(entry.options)))
    }

    /// The key of an account: of the file on the command line, or pasted. It goes where the uploader may read it.
    private func token(
        _ given: inout String?, of entry: SessionDestinationEntry
    ) async throws -> DestinationEntry.Token {
        let path = given.map { URL(filePath: $0).standardizedFileURL.path }
        given = nil
        if let path, context.layout.isForUploader(path) {
            _ = try TokenSource.file(path: path).stored()
            return .file(path)
        }
        let token = if let path { try TokenSource.file(path: path).stored() } else { try await pasted(entry) }
        let place = context.layout.token(named: entry.destinationName, isRenewed: false)
        try SetupFile.write(try token.fileText, to: place.path, .token)
        await questions.show("The key is in \(place.path).")
        return place.entry
    }

    private func pasted(_ entry: SessionDestinationEntry) async throws -> StoredToken {
        let title = entry.kind.kind.title
        guard !questions.isUnattended else {
            throw SetupError(
                description: "No key of \(title): name its file with --sessions \(entry.kind.rawValue)=FILE.",
                code: .validationFailure)
        }
        if let guide = entry.kind.kind.tokenGuide { await questions.show(guide) }
        while true {
            let text = try await questions.secret("Paste the key of \(title) (it is not shown), then Enter: ")
            if let token = StoredToken(text) { return token }
            await questions.show("\(StoredToken.problem(in: text) ?? "") Ctrl-C stops.")
        }
    }
}
