import ArgumentParser
import Console
import FoundationEssentials
import Glibc
import TextFormats

/// The output of a command of the administration.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one line of JSON instead of sentences.")
    var json = false

    /// Prints the outcome, as JSON or as sentences.
    func print(_ outcome: some Encodable, sentences: [String]) throws {
        StandardStream.output.print(try text(outcome, sentences))
    }

    /// Prints new secrets, which are shown only now. If that fails, `undo` ends them, and the exit code is 74
    /// (`EX_IOERR`).
    func printOnce(
        _ outcome: some Encodable, sentences: [String], undo: () async throws -> Void
    ) async throws {
        do {
            try StandardStream.output.send(try text(outcome, sentences).printableLines() + "\n")
        } catch let failure as OutputFailure {
            do {
                try await undo()
            } catch {
                throw CommandFailure(
                    "It could not be shown (standard output: \(failure.reason)), and could not be taken back: \(error) "
                        + "Find it with `strapline-hub token list` or `admin-token list`, and remove it.",
                    exitCode: EX_IOERR)
            }
            throw CommandFailure(
                "It could not be shown (standard output: \(failure.reason)), so it was taken back: nothing has "
                    + "changed. "
                    + "Run the command again where its output can be written.", exitCode: EX_IOERR)
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
