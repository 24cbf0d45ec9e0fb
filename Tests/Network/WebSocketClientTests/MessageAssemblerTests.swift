import NIOCore
import NIOWebSocket
import Testing

@testable import WebSocketClient

@Suite struct MessageAssemblerTests {
    private var assembler = MessageAssembler(messageBytes: 10)

    private func frame(_ opcode: WebSocketOpcode, _ text: String, fin: Bool = true) -> WebSocketFrame {
        WebSocketFrame(fin: fin, opcode: opcode, data: ByteBuffer(string: text))
    }

    @Test mutating func text_inOneFrame_isAMessage() {
        #expect(assembler.receive(frame(.text, "75")) == .message("75"))
        #expect(assembler.receive(frame(.text, "")) == .message(""))
    }

    @Test mutating func text_inFragments_isOneMessage_evenAroundAPing() {
        #expect(assembler.receive(frame(.text, "a", fin: false)) == .none)
        #expect(assembler.receive(frame(.ping, "p")) == .pong(ByteBuffer(string: "p")))
        #expect(assembler.receive(frame(.continuation, "b", fin: false)) == .none)
        #expect(assembler.receive(frame(.continuation, "c")) == .message("abc"))
        #expect(assembler.receive(frame(.text, "d")) == .message("d"))
    }

    @Test mutating func characterAcrossFragments_survives() {
        let bytes = Array("é".utf8)
        let first = WebSocketFrame(fin: false, opcode: .text, data: ByteBuffer(bytes: bytes.prefix(1)))
        let second = WebSocketFrame(fin: true, opcode: .continuation, data: ByteBuffer(bytes: bytes.dropFirst()))
        #expect(assembler.receive(first) == .none)
        #expect(assembler.receive(second) == .message("é"))
    }

    @Test mutating func binary_inAnyNumberOfFrames_isIgnored() {
        #expect(assembler.receive(frame(.binary, "x")) == .none)
        #expect(assembler.receive(frame(.binary, "x", fin: false)) == .none)
        #expect(assembler.receive(frame(.continuation, "12345678901", fin: false)) == .none)
        #expect(assembler.receive(frame(.continuation, "x")) == .none)
        #expect(assembler.receive(frame(.text, "75")) == .message("75"))
    }

    @Test mutating func text_thatIsTooLarge_fails() {
        #expect(assembler.receive(frame(.text, "1234567890")) == .message("1234567890"))
        #expect(assembler.receive(frame(.text, "123456", fin: false)) == .none)
        guard case .fail(.messageTooLarge, _) = assembler.receive(frame(.continuation, "78901", fin: false)) else {
            Issue.record("not too large")
            return
        }
    }

    @Test func text_inManyFragments_isNotCopiedWithEach() {
        var assembler = MessageAssembler(messageBytes: 1 << 20, fragmentLimit: 100_000)
        var places: Set<UnsafeRawPointer?> = []
        var count = 0
        for index in 0..<50_000 {
            _ = assembler.receive(frame(index == 0 ? .text : .continuation, "x", fin: false))
            places.insert(assembler.beginning.withUnsafeReadableBytes { $0.baseAddress })
            count += 1
        }
        // A buffer that grows moves some 16 times; one that is copied with each fragment moves with each.
        #expect(places.count < 64)
        #expect(assembler.beginning.readableBytes == count)
        guard case .message(let text) = assembler.receive(frame(.continuation, "y")) else {
            Issue.record("no message")
            return
        }
        #expect(text.utf8.count == count + 1 && assembler.beginning.readableBytes == 0)
    }

    @Test(arguments: [WebSocketOpcode.text, .binary]) func message_ofTooManyFragments_fails(opcode: WebSocketOpcode) {
        var assembler = MessageAssembler(messageBytes: 1000, fragmentLimit: 3)
        for _ in 0..<2 {
            #expect(assembler.receive(frame(opcode, "", fin: false)) == .none)
            #expect(assembler.receive(frame(.continuation, "", fin: false)) == .none)
            #expect(assembler.receive(frame(.continuation, "", fin: false)) == .none)
            _ = assembler.receive(frame(.continuation, ""))
        }
        for _ in 0..<3 { _ = assembler.receive(frame(assembler.isIdle ? opcode : .continuation, "", fin: false)) }
        guard case .fail(.messageTooLarge, _) = assembler.receive(frame(.continuation, "", fin: false)) else {
            Issue.record("taken")
            return
        }
    }

    @Test mutating func text_thatIsNotUTF8_fails() {
        let frame = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: [0xC3, 0x28]))
        guard case .fail(.dataInconsistentWithMessage, _) = assembler.receive(frame) else {
            Issue.record("taken")
            return
        }
    }

    @Test mutating func close_tellsCodeAndReason() {
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: ByteBuffer(bytes: [0x03, 0xF0, 0x78]))
        #expect(assembler.receive(frame) == .closed(code: 1008, reason: "x"))
        #expect(assembler.receive(self.frame(.connectionClose, "")) == .closed(code: nil, reason: ""))
    }

    @Test func whatAServerMayNotSend_fails() {
        var masked = frame(.text, "x")
        masked.maskKey = .random()
        var reserved = frame(.text, "x")
        reserved.rsv1 = true
        let sequences = [
            [masked], [reserved], [frame(.continuation, "x")],
            [frame(.text, "x", fin: false), frame(.text, "x")], [frame(.text, "x", fin: false), frame(.binary, "x")],
            [frame(.binary, "x", fin: false), frame(.text, "x")],
            [
                WebSocketFrame(
                    fin: true, opcode: WebSocketOpcode(encodedWebSocketOpcode: 3) ?? .text, data: ByteBuffer())
            ],
        ]
        for sequence in sequences {
            var assembler = assembler
            let last = sequence.map { assembler.receive($0) }.last
            guard case .fail(.protocolError, _) = last else {
                Issue.record("taken: \(sequence)")
                continue
            }
        }
    }
}
