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
            programs show it: 164D1603, "16 4D 16 03", 0x16-4D-16-03, "value: 16 4d 16 03", "b'\\x16M\\x16\\x03'", \
            "[22, 77, 22, 3]". Ambiguous input is rejected. Without an argument it reads packets from standard \
            input, one per line.
            """)

    @Argument(help: "Packets in hexadecimal.") var packets: [String] = []
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() throws {
        var hasFailed = false
        for packet in input() {
            do {
                let bytes = try PastedPacket.bytes(of: packet)
                let decoded = try HeartRateMeasurement.decode(bytes)
                let explanation = MeasurementFormatter(
                    measurement: decoded.measurement, trailingByteCount: decoded.trailingByteCount)
                StandardStream.output.print(json ? explanation.json : explanation.sentence)
            } catch {
                StandardStream.error.print("\(packet.isEmpty ? "(empty)" : packet.printable()): \(error)")
                hasFailed = true
            }
        }
        if hasFailed { throw ExitCode.dataError }
    }

    private func input() -> [String] {
        guard !packets.isEmpty else {
            return sequence(state: ()) { _ in readLine() }.filter { !PastedPacket.isLabelAlone($0) }
        }
        // one byte is never a packet: several are one packet whose quotes were forgotten
        let isOneUnquoted = packets.count > 1 && packets.allSatisfy { $0.count == 2 }
        return isOneUnquoted ? [packets.joined()] : packets
    }
}
