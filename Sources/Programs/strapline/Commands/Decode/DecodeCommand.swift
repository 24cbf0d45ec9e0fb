import ArgumentParser
import Console
import HeartRate
import TextFormats

struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Explain Heart Rate Measurement packets pasted from a phone app or a log.",
        discussion: """
            A packet is the value of the characteristic 0x2A37, as phone apps, btmon, gatttool, bluetoothctl and \
            programs show it: 164D1603, 16 4D 16 03, 0x16-4D-16-03, "value: 16 4d 16 03", "b'\\x16M\\x16\\x03'", \
            "[22, 77, 22, 3]", Fk0WAw==. Numbers in brackets without letters are decimal. It reports such choices \
            and rejects ambiguous input. Without an argument it reads lines from standard input, and leaves out the \
            lines that these tools write around the bytes.
            """)

    @Argument(help: "Packets in hexadecimal.") var packets: [String] = []
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() throws {
        var hasFailed = false
        for packet in input() {
            do {
                let pasted = try PastedPacket(packet)
                let decoded = try HeartRateMeasurement.decode(pasted.bytes)
                let explanation = MeasurementFormatter(
                    measurement: decoded.measurement, trailingByteCount: decoded.trailingByteCount)
                if let notice = pasted.notice {
                    let bytes = pasted.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
                    StandardStream.error.print("strapline: \(notice): \(bytes.joined(separator: " "))")
                }
                StandardStream.output.print(json ? explanation.json : explanation.sentence)
            } catch {
                let shown = packet.allSatisfy(\.isWhitespace) ? "(empty)" : packet.printable()
                StandardStream.error.print("\(shown): \(error)")
                hasFailed = true
            }
        }
        if hasFailed { throw ExitCode.dataError }
    }

    private func input() -> [String] {
        if packets.isEmpty { return PastedLines.packets(in: Array(sequence(state: ()) { _ in readLine() })) }
        let hasLines = packets.contains { $0.contains(where: \.isNewline) }
        return hasLines ? PastedLines.packets(in: packets) : PastedPacket.texts(of: packets)
    }
}
