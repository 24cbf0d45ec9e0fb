import BlueZ
import DateFormats
import HeartRate
import PulsoidAPI
import Tokens
import WebClient

@testable import HubServer
@testable import strapline

extension Fuzzer {
    /// Dates and times of day: a time that was read is written in the one form, and read again as the same.
    static let times = Fuzzer(name: "times") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if let milliseconds = ISO8601.milliseconds(text), (0...253_402_300_799_999).contains(milliseconds) {
            let written = ISO8601.text(milliseconds: milliseconds)
            try hold(ISO8601.milliseconds(written), is: milliseconds, "\(written) is the same time")
        }
        if let seconds = HTTPDate.seconds(text), seconds < 253_402_300_800 {
            let written = HTTPDate.text(secondsSinceEpoch: seconds)
            try hold(HTTPDate.seconds(written), is: seconds, "\(written) is the same time")
        }
        _ = PointInTime(text, nowMilliseconds: 0)
    }

    /// Addresses, tokens and packets as people write them: a value that was read is written, and read again as the
    /// same.
    static let addresses = Fuzzer(name: "addresses") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if let address = try? ServiceAddress(text) {
            try hold(try ServiceAddress("\(address)"), is: address, "\(address) is the same address")
            try hold((1...65535).contains(address.port), "a port is one")
        }
        if let address = BluetoothAddress(text) {
            try hold(BluetoothAddress(address.description), is: address, "\(address) is the same address")
        }
        if let token = AccessToken(text) {
            try hold(token.bearer.utf8.allSatisfy { (32...126).contains($0) }, "a token can stand in a header")
            // A secret of a few letters may be part of the word that stands in its place.
            let isTakenOut = !token.removed(from: "x\(token.bearer)y").contains(token.bearer)
            try hold(token.bearer.utf8.count < "Bearer ".utf8.count + 8 || isTakenOut, "a token is taken out")
        }
        if let packet = try? PastedPacket.bytes(of: text) {
            let written = packet.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            try hold(try PastedPacket.bytes(of: written), is: packet, "\(written) is the same packet")
        }
        if let token = StoredToken(text) {
            try hold(StoredToken(token.access.revealed)?.access, is: token.access, "a token is read as it was written")
        } else {
            try hold(StoredToken.problem(in: text) != nil, "a text that is no token is explained")
        }
        let encoded = ServiceAddress.percentEncoded(text)
        try hold(RequestTarget("/" + encoded)?.segments, is: [text], "the hub reads a segment as it was meant")
    }
}
