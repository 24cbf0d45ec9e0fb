import ArgumentParser

struct Energy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The energy that a strap counts.", subcommands: [EnergyReset.self])
}
