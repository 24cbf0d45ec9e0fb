import ArgumentParser
import Console
import FoundationEssentials
import Glibc
import TextFormats

/// How a command of the administration says what it did.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one line of JSON instead of sentences.")
    var json = false

    /// Prints the outcome, for programs or for people.
    func print(_ outcome: some Encodable, sentences: [String]) throws {
        StandardStream.output.print(try text(outcome, sentences))
    }

    /// Prints secrets, which are shown once, and lines of a drawing as they are. If that fails, `takeBack` revokes
    /// them, and the command exits with 74 (`EX_IOERR`).
    func printOnce(
        _ outcome: some Encodable, sentences: [String], drawing: [String] = [],
        about database: DatabaseOptions, takingBack takeBack: () async throws -> Void
    ) async throws {
        do {
            let text = try text(outcome, sentences).printableLines()
            try StandardStream.output.send(([text] + drawing).joined(separator: "\n") + "\n")
        } catch let failure as OutputFailure {
            let hub = PrintedCommand(database)
            do {
                try await takeBack()
            } catch {
                throw CommandError(
                    "It could not be shown (standard output: \(failure.reason)), and could not be revoked: \(error) "
                        + "Find it and remove it: \(hub.text(["token", "list"])) or "
                        + hub.text(["admin-token", "list"]),
                    .inputOutputError)
            }
            throw CommandError(
                "It could not be shown (standard output: \(failure.reason)), and was revoked: nothing has changed. "
                    + "Run the command again where its output can be written.", .inputOutputError)
        }
    }

    private func text(_ outcome: some Encodable, _ sentences: [String]) throws -> String {
        guard json else { return sentences.joined(separator: "\n") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(outcome), as: UTF8.self).jsonWithoutControls()
    }
}
