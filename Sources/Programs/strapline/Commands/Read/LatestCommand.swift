import ArgumentParser
import Console
import Pulsoid
import PulsoidAPI
import Timing

struct LatestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latest",
        abstract: "Print the newest heart rate and its age.",
        discussion: """
            Needs a token with the scope \(PulsoidScope.heartRateRead.rawValue).
            """)

    @OptionGroup var service: ServiceOptions

    func run() async throws {
        guard let latest = try await service.client().latest() else {
            throw CommandError("this user has no heart rate yet", .unavailable)
        }
        let now = KernelTime().now().wallMilliseconds
        StandardStream.output.print(service.json ? latest.text() : Self.sentence(latest, nowMilliseconds: now))
    }

    static func sentence(_ latest: HeartRateMessage, nowMilliseconds now: Int64) -> String {
        "\(latest.heartRate) bpm, \(WallTime.age(milliseconds: now - latest.measuredAtMilliseconds))"
    }
}
