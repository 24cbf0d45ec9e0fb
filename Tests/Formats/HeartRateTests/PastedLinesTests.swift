import HeartRate
import Testing

@Suite struct PastedLinesTests {
    private let bytes: [UInt8] = [0x16, 0x48, 0x2A, 0x03]

    @Test(arguments: [
        """
        > ACL Data RX: Handle 64 flags 0x02 dlen 11        #120 [hci0] 12.345
              ATT: Handle Value Notification (0x1b) len 6
                Handle: 0x0010 Type: Heart Rate Measurement (0x2a37)
                  Data[4]: 16482a03
        """,
        """
        [\u{1B}[0;93mCHG\u{1B}[0m] Attribute /org/bluez/hci0/dev_C4_11_22_33_44_55/service000e/char000f Value:
        \u{1B}[K  16 48 2a 03                                      .H*.
        """,
        """
        signal time=1.2 sender=:1.3 -> destination=(null destination) serial=9 path=/org/bluez; member=PropertiesChanged
           string "org.bluez.GattCharacteristic1"
           array [
              dict entry(
                 string "Value"
                 variant             array of bytes [
                       16 48 2a 03
                    ]
              )
           ]
           array [
           ]
        """,
        "[\n  22,\n  72,\n  42,\n  3\n]\n", "\n16 48 2A 03\n\n",
        "{\n  \"0\": 22,\n  \"1\": 72,\n  \"2\": 42,\n  \"3\": 3\n}",
        "Notification handle = 0x0010 value: 16 48 2a 03 \n",
    ])
    func packet_amongTheLinesOfATool_isFound(text: String) throws {
        let split = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        for lines in [[text], split] {
            let packets = PastedLines.packets(in: lines)
            #expect(packets.count == 1, "\(packets)")
            #expect(try PastedPacket.bytes(of: packets.first ?? "") == bytes)
        }
    }

    @Test func packets_inSeveralLines_areSeveral_andOtherLinesStay() {
        #expect(PastedLines.packets(in: ["1648", "", "164A"]) == ["1648", "164A"])
        #expect(PastedLines.packets(in: ["16 48", "hello", "00 49"]) == ["16 48", "hello", "00 49"])
        #expect(PastedLines.packets(in: ["Data: 1648", "Data: 1649"]) == ["Data: 1648", "Data: 1649"])
        // Nothing to read is not silence.
        #expect(PastedLines.packets(in: [""]) == [""])
        #expect(PastedLines.packets(in: ["array ["]) == ["array ["])
        #expect(PastedLines.packets(in: []) == [])
        // Numbers in lines of their own may be decimal or hexadecimal.
        #expect(PastedLines.packets(in: ["22", "72", "42", "3"]) == ["22 72 42 3"])
    }
}
