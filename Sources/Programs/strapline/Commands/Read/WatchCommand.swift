import ArgumentParser
import Console
import Pulsoid
import PulsoidAPI

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Print each heart rate as it arrives.",
        discussion: """
            On a terminal it shows the newest one in place.

            Needs a token with the scope \(PulsoidScope.heartRateRead.rawValue). It reconnects until it succeeds.
            """)

    @OptionGroup var service: ServiceOptions

    func run() async throws {
        var board = service.showsBoard ? LiveBoard() : nil
        try await service.client().withRealTime { events in
            for try await event in events {
                guard case .message(let reading) = event else {
                    StreamNotice.text(event).map { StreamNotice.show($0, on: &board) }
                    continue
                }
                if board != nil {
                    board?.show(
                        reading.heartRate, of: "you", id: "", atMilliseconds: reading.measuredAtMilliseconds)
                    continue
                }
                let time = WallTime.text(ofMilliseconds: reading.measuredAtMilliseconds)
                StandardStream.output.print(service.json ? reading.text() : "\(time)  \(reading.heartRate) bpm")
            }
        }
    }
}
