import BlueZ
import BlueZSimulator
import TestKit
import Testing

@testable import strapline
@testable import strapline_demo

/// What the log of `strapline run` says of a day on which all goes well.
@Suite(.timeLimit(.minutes(2)), .serialized) struct SteadyLogTests {
    @Test func run_whileAllGoesWell_logsNothing() async throws {
        let house = try await House()
        try await house.withHub { _, port in
            try await house.withRoom(port: port) {
                try await house.withUploader { uploader in
                    await house.startBeating()
                    await house.untilRoomShows(5)
                    let before = house.log
                    await house.untilRoomShows(40)
                    #expect(house.log == before)
                    await house.stopBeating()
                    await uploader.stop()
                }
            }
        }
    }

    @Test func run_whileAStrapFlaps_logsAFewLines_andStatusStaysRight() async throws {
        let house = try await House()
        let strap = house.cast.performers[0]
        try await house.withHub { _, _ in
            try await house.withUploader { uploader in
                await house.startBeating()
                _ = try await house.status { $0.straps.contains { $0.strap == strap.name && $0.state == .live } }
                await house.stopBeating()
                for round in 0..<40 {
                    let rate: UInt8 = round.isMultiple(of: 2) ? 72 : 0
                    _ = await house.simulator.notify(strap.strapAddress, bytes: [0, rate])
                }
                _ = try await house.status { $0.straps.contains { $0.strap == strap.name && $0.state == .noContact } }
                let states = house.log.split(separator: "\n").filter {
                    $0.contains("strap=\(strap.name)") && $0.contains("state=")
                }
                #expect((2...3).contains(states.count), "\(states)")
                await uploader.stop()
            }
        }
        #expect(house.log.contains("count="), "\(house.log)")
    }
}
