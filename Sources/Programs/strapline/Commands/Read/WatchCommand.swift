import ArgumentParser
import Console
import Pulsoid
import PulsoidAPI

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Print each heart rate as it arrives.",
        discussion: """
            Needs a token with the scope \(PulsoidScope.heartRateRead.rawValue). It reconnects until it succeeds.
            """)

    @OptionGroup var service: ServiceOptions

    func run() async throws {
        try await service.client().withRealTime { events in
            for try await event in events {
                guard case .message(let reading) = event else {
                    StreamNotice.text(event).map(StandardStream.error.print)
                    continue
                }
                let time = WallTime.text(ofMilliseconds: reading.measuredAtMilliseconds)
                StandardStream.output.print(service.json ? reading.text() : "\(time)  \(reading.heartRate) bpm")
            }
        }
    }
}
