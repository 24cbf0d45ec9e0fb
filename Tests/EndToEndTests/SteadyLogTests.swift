import TestKit
import Testing

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
}
