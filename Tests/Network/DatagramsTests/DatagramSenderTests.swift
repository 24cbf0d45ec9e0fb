import TestKit
import Testing

@testable import Datagrams

@Suite(.timeLimit(.minutes(10))) struct DatagramSenderTests {
    private let time = ManualTime()

    private func sender(to host: String, _ port: Int) -> DatagramSender {
        DatagramSender(to: DatagramAddress(host: host, port: UInt16(port)), clock: ManualClock(), time: time)
    }

    /// A machine that is off is found now and then: in between nothing works.
    @Test func send_afterAFailure_reportsItForAWhile_andSendsAllTheSame() async throws {
        let receiver = try #require(DatagramReceiver())
        let sender = sender(to: "127.0.0.1", receiver.port)
        #expect(await sender.send([[1]]) == .sent)
        // The kernel refuses a datagram of this size.
        let failure = DatagramSender.Outcome.failed("127.0.0.1:\(receiver.port): Message too long")
        #expect(await sender.send([[UInt8](repeating: 0, count: 70_000)]) == failure)
        for step in UInt8(2)...4 {
            time.advance(milliseconds: DatagramSender.retryMilliseconds)
            #expect(await sender.send([[step]]) == failure)
        }
        for step in UInt8(1)...4 { #expect(await receiver.next() == [step]) }
        time.advance(milliseconds: DatagramSender.failureMilliseconds)
        #expect(await sender.send([[5]]) == .sent)
    }

    @Test func send_toANameWithoutAnAddress_saysSo() async {
        let sender = sender(to: "no-such-host.invalid", 9000)
        #expect(await sender.send([[1]]) == .waiting)
        await sender.lookUp()
        time.advance(milliseconds: DatagramSender.failureMilliseconds * 10)
        guard case .failed(let reason) = await sender.send([[1]]) else {
            Issue.record("there is no such host")
            return
        }
        #expect(reason.hasPrefix("no-such-host.invalid:9000: the name no-such-host.invalid leads to no address"))
    }
}
