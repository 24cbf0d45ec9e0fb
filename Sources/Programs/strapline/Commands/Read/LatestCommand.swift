import ArgumentParser
import Console
import Pulsoid
import PulsoidAPI
import Timing

struct LatestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latest",
        abstract: "Print the newest heart rate, and how old it is.",
        discussion: "Needs a token with the scope \(PulsoidScope.heartRateRead.rawValue).")

    @OptionGroup var service: ServiceOptions

    func run() async throws {
        try await service.withClient { client in
            guard let latest = try await client.latest() else {
                StandardStream.error.print("strapline: there is no heart rate of this user yet")
                throw ExitCode.unavailable
            }
            StandardStream.output.print(
                service.json
                    ? latest.text() : Self.sentence(latest, nowMilliseconds: KernelTime().now().wallMilliseconds))
        }
    }

    static func sentence(_ latest: HeartRateMessage, nowMilliseconds now: Int64) -> String {
        "\(latest.heartRate) bpm, \(WallTime.age(milliseconds: now - latest.measuredAtMilliseconds))"
    }
}
