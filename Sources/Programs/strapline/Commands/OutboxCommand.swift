import ArgumentParser

struct OutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox",
        abstract: "See what services refused, have it sent again, and take the history with you.",
        subcommands: [OutboxList.self, OutboxShow.self, OutboxRetry.self, OutboxExport.self])
}
