import ArgumentParser

@main
struct StraplineBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strapline-bench",
        abstract: "Measures strapline run and strapline-hub.",
        discussion: "Benchmarks/run.sh builds all that this needs and starts it on a bus of its own.",
        subcommands: [
            Compare.self, Crowd.self, Card.self, Backlog.self, Idle.self, Nearby.self, OutputCost.self, Beats.self,
            HubBench.self, ClusterBench.self,
        ])
}
