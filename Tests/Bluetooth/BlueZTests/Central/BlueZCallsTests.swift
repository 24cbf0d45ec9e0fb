import DBus
import Logging
import TestKit
import Testing
import Timing

@testable import BlueZ

/// Packets beyond the limit of the buffer.
@Suite(.timeLimit(.minutes(10)))
struct BlueZCallsTests {
    private let inbox = Inbox<CentralInput>()
    private let events = EventBuffer(measurementLimit: 2)

    private var calls: BlueZCalls {
        let client = BlueZClient(
            showing: .everything, openBus: { throw CancellationError() }, clock: ManualClock(), time: ManualTime(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, radioSwitches: { [] },
            observe: { _ in })
        return BlueZCalls(client: client, inbox: inbox, events: events)
    }

    private func packet(_ rate: UInt8) -> Packet {
        Packet(decoding: [0, rate], arrival: Moment(wallMilliseconds: Int64(rate), bootMilliseconds: Int64(rate)))
    }

    /// The session goes on, and the inbox does not grow.
    @Test func hear_whenTheBufferIsFull_keepsTheNewestPacketOfEachStrapForItsSession() async {
        let path = Scenery.characteristicPath()
        for rate in 60..<65 as Range<UInt8> {
            calls.hear(packet(rate), of: 0, named: "chest", from: path)
            calls.hear(packet(rate + 100), of: 1, named: "arm", from: path)
        }
        var inputs: [CentralInput] = []
        #expect(await inbox.takeAll(into: &inputs))
        let rates = inputs.compactMap { input -> (isLost: Bool, rate: Int64)? in
            switch input {
            case .packet(_, _, let packet): (false, packet.arrival.bootMilliseconds)
            case .lostPacket(_, _, let packet): (true, packet.arrival.bootMilliseconds)
            default: nil
            }
        }
        #expect(rates.map(\.rate) == [60, 160, 64, 164])
        #expect(rates.map(\.isLost) == [false, false, true, true])
    }
}
