import ArgumentParser
import Console
import HeartRate

struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain Heart Rate Measurement packets pasted from a phone app or a log.",
        discussion: """
            A packet is the hexadecimal value of characteristic 0x2A37: 164D1603, "16 4D 16 03", 0x16-4D-16-03 and the \
            like. Without an argument packets are read from standard input, one a line.
            """)

    @Argument(help: "Packets in hexadecimal.") var packets: [String] = []
    @Flag(help: "Print a JSON object a line.") var json = false

    func run() throws {
        var hasFailed = false
        for packet in input() {
            do {
                guard let bytes = HexadecimalPacket.bytes(of: packet) else { throw NotHexadecimal() }
                let decoded = try HeartRateMeasurement.decode(bytes)
                let explanation = Explanation(
                    measurement: decoded.measurement, trailingByteCount: decoded.trailingByteCount)
                StandardStream.output.print(json ? explanation.json : explanation.sentence)
            } catch {
                StandardStream.error.print("\(packet.isEmpty ? "(empty)" : packet): \(error)")
                hasFailed = true
            }
        }
        if hasFailed { throw ExitCode.dataError }
    }

    private func input() -> [String] {
        guard !packets.isEmpty else {
            return Array(sequence(state: ()) { _ in readLine() })
        }
        // one byte is never a packet: several are one packet whose quotes were forgotten
        let isOneUnquoted = packets.count > 1 && packets.allSatisfy { $0.count == 2 }
        return isOneUnquoted ? [packets.joined()] : packets
    }
}

private struct NotHexadecimal: Error, CustomStringConvertible {
    var description: String { "not hexadecimal: write the bytes as pairs of the digits 0-9 and A-F" }
}
