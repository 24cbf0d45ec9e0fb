import Testing

@testable import OSC

@Suite struct OSCMessageTests {
    /// Bytes as liblo's `oscdump` and python-osc read them.
    @Test(arguments: [
        (
            OSCMessage("/avatar/parameters/HR", .int32(72)),
            "2f6176617461722f706172616d65746572732f48520000002c69000000000048"
        ),
        (
            OSCMessage("/avatar/parameters/Heartrate", .float32(-1)),
            "2f6176617461722f706172616d65746572732f486561727472617465000000002c660000bf800000"
        ),
        (
            OSCMessage("/avatar/parameters/isHRBeat", .boolean(true)),
            "2f6176617461722f706172616d65746572732f6973485242656174002c540000"
        ),
        (OSCMessage("/a", .boolean(false)), "2f6100002c460000"),
        (OSCMessage("/abc", .int32(-1)), "2f616263000000002c690000ffffffff"),
        (OSCMessage("/a", .string("")), "2f6100002c73000000000000"),
        (OSCMessage("/a", .string("abcd")), "2f6100002c7300006162636400000000"),
        (OSCMessage("/a", .string("♥")), "2f6100002c730000e299a500"),
        (
            OSCMessage("/chatbox/input", .string("72"), .boolean(true), .boolean(false)),
            "2f63686174626f782f696e70757400002c7354460000000037320000"
        ),
        (OSCMessage("/a"), "2f6100002c000000"),
    ])
    func bytes_ofEachType_arePaddedToFourAndBigEndian(_ message: OSCMessage, _ expected: String) {
        #expect(message.bytes.hexadecimal == expected)
        #expect(message.bytes.count.isMultiple(of: 4))
    }

    @Test func bytes_whenATextHoldsAZero_endThere() {
        #expect(OSCMessage("/a", .string("72\u{0}x")).bytes == OSCMessage("/a", .string("72")).bytes)
    }

    @Test(arguments: [
        ("/avatar/parameters/", true), ("/", true), ("/a b", false), ("avatar", false), ("", false), ("/ä", false),
        ("/a/{strap}", false), ("/a*", false), ("/a#", false), ("/a\u{0}", false),
    ])
    func isAddress_withCharactersOfAPattern_isFalse(_ text: String, _ expected: Bool) {
        #expect(OSCMessage.isAddress(text) == expected)
    }
}

extension [UInt8] {
    fileprivate var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
