import ArgumentParser
import FoundationEssentials

/// How a command of the administration says what it did.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one line of JSON instead of sentences.")
    var json = false

    /// Prints the outcome, for programs or for people.
    func print(_ outcome: some Encodable, sentences: [String]) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            StandardStream.output.print(String(decoding: try encoder.encode(outcome), as: UTF8.self))
        } else {
            StandardStream.output.print(sentences.joined(separator: "\n"))
        }
    }
}
