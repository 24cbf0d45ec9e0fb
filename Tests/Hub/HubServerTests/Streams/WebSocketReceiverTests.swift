import NIOCore
import NIOWebSocket
import Testing

@testable import HubServer

struct WebSocketReceiverTests {
    private func frame(
        _ opcode: WebSocketOpcode, _ payload: [UInt8] = [], isLast: Bool = true, isMasked: Bool = true,
        rsv1: Bool = false
    ) -> WebSocketFrame {
        var data = ByteBuffer(bytes: payload)
        let mask: WebSocketMaskingKey? = isMasked ? [1, 2, 3, 4] : nil
        if let mask { data.webSocketMask(mask) }
        return WebSocketFrame(fin: isLast, rsv1: rsv1, opcode: opcode, maskKey: mask, data: data)
    }

    private func closeCode(_ frames: [WebSocketFrame]) -> WebSocketErrorCode? {
        var receiver = WebSocketReceiver(messageBytes: 8)
        for frame in frames {
            if case .close(let code, _) = receiver.receive(frame) { return code }
        }
        return nil
    }

    @Test func messages_arePassedOver() {
        #expect(closeCode([frame(.text, Array("héllo".utf8)), frame(.binary, [0xFF]), frame(.pong)]) == nil)
        // "é" across two frames, with a ping between.
        #expect(
            closeCode([frame(.text, [0xC3], isLast: false), frame(.ping), frame(.continuation, [0xA9])]) == nil)
    }

    @Test func brokenFrames_areProtocolErrors() {
        #expect(closeCode([frame(.text, isMasked: false)]) == .protocolError)
        #expect(closeCode([frame(.text, rsv1: true)]) == .protocolError)
        #expect(closeCode([frame(.continuation)]) == .protocolError)
        #expect(closeCode([frame(.text, isLast: false), frame(.text)]) == .protocolError)
        for opcode in [UInt8](3...7) + [UInt8](11...15) {
            #expect(closeCode([frame(WebSocketOpcode(encodedWebSocketOpcode: opcode) ?? .text)]) == .protocolError)
        }
    }

    @Test func textThatIsNotUTF8_isInconsistent() {
        #expect(closeCode([frame(.text, [0xC3])]) == .dataInconsistentWithMessage)
        #expect(closeCode([frame(.text, [0xED, 0xA0, 0x80])]) == .dataInconsistentWithMessage)
        #expect(
            closeCode([frame(.text, [0xC3], isLast: false), frame(.continuation, [0x28])])
                == .dataInconsistentWithMessage)
    }

    @Test func messageOfManyFrames_isBounded() {
        let part = frame(.binary, [0, 0, 0, 0, 0], isLast: false)
        #expect(closeCode([part, frame(.continuation, [0, 0, 0, 0])]) == .messageTooLarge)
    }

    @Test func ping_isAnsweredWithItsPayload() {
        var receiver = WebSocketReceiver(messageBytes: 8)
        #expect(receiver.receive(frame(.ping, [1, 2])) == .pong(ByteBuffer(bytes: [1, 2])))
    }

    @Test(arguments: [
        ([], 1000, true), ([0x03, 0xE8], 1000, true), ([0x03, 0xF0, 0x68, 0x69], 1008, true),
        ([0x0B, 0xB8], 3000, true), ([0x13, 0x87], 4999, true), ([0x03], 1002, false),
        ([0x03, 0xE7], 1002, false), ([0x03, 0xEC], 1002, false), ([0x03, 0xED], 1002, false),
        ([0x03, 0xEE], 1002, false), ([0x03, 0xF7], 1002, false), ([0x13, 0x88], 1002, false),
        ([0x00, 0x00], 1002, false), ([0x03, 0xE8, 0xFF], 1007, false),
    ])
    func close_isChecked(payload: [UInt8], code: Int, isAcknowledged: Bool) {
        var receiver = WebSocketReceiver(messageBytes: 8)
        let expected = WebSocketErrorCode(codeNumber: code)
        switch receiver.receive(frame(.connectionClose, payload)) {
        case .acknowledgeClose(let code): #expect(isAcknowledged && code == expected)
        case .close(let code, _): #expect(!isAcknowledged && code == expected)
        case .none, .pong: Issue.record("a close frame was passed over")
        }
    }
}
