import HeartRate
import TestKit
import Testing
import Timing

@testable import HeartRate

@Suite struct PastedPacketTests {
    @Test(arguments: [
        "164D1603", "16 4D 16 03", "0x16-4D-16-03", "(0x) 16-4D-16-03", "16:4d:16:03", "[0x16, 0x4d, 0x16, 0x3]",
        "0x164D1603", "0x16 0x4D 0x16 0x03", "0X16,0X4D,0X16,0X03", "\u{FEFF}164D1603\r", "16,4D,16,03",
        "        Data: 164d1603", "        Data[4]: 164d1603",
        "Notification handle = 0x0011 value: 16 4d 16 03 ", "\tvalue: 16 4d 16 03",
        "  16 4d 16 03                                      .M..            ", "  16 4d 16 03    .M..",
        "[CHG] Attribute /org/bluez/hci0/dev_C4_11_22_33_44_55/service000a/char000b Value: 0x16 0x4d 0x16 0x03",
        #"b'\x16M\x16\x03'"#, #"bytearray(b'\x16M\x16\x03')"#, #"b"\x16\x4d\x16\x03""#, #"\x16\x4d\x16\x03"#,
        #"value: bytearray(b'\x16M\x16\x03')"#, "<Buffer 16 4d 16 03>", "<164d1603>", "{0x16, 0x4d, 0x16, 0x03};",
        "{length = 4, bytes = 0x164d1603}", "[22, 77, 22, 3]", "22,77,22,3", "(22, 77, 22, 3)", "22; 77; 22; 3",
        "Fk0WAw==", #""Fk0WAw==""#, "bytearray([22, 77, 22, 3])", #"{"value":[22,77,22,3]}"#, "{22, 77, 22, 3}",
        #"A  18:03:11.123  "(0x) 16-4D-16-03" received"#, "00000000: 164d 1603                                .M..",
        "00000000  16 4d 16 03                                       |.M..|", "value: (0x) 16-4D-16-03",
        "Characteristic value/descriptor: 16 4d 16 03", "Data (4 bytes): 16 4d 16 03",
        "uint8_t packet[4] = {0x16, 0x4d, 0x16, 0x03};", "char packet[] = {22, 77, 22, 3};",
        "Uint8Array(4) [22, 77, 22, 3]", "(4) [22, 77, 22, 3]", "bytes(4) 16:4D:16:03", "[22 77 22 3]",
        "12:03:04 16 4D 16 03", "10:11:12 164D1603", "18:03:11.123 16-4D-16-03", "[18:03:11] 0x16 0x4D 0x16 0x03",
        "2026-11-24 18:03:11,5 16 4D 16 03", "2026-11-24T18:03:11+01:00 164D1603", "C4:11:22:33:44:55 16 4D 16 03",
        "c4:11:22:33:44:55: 164d1603", "18:03:11 C4:11:22:33:44:55 16:4D:16:03", "2a37 16 4d 16 03",
        "0x2A37: 0x16 0x4D 0x16 0x03", "00002a37-0000-1000-8000-00805f9b34fb: 164d1603",
        "00002A37-0000-1000-8000-00805F9B34FB 16 4D 16 03", "0000   16 4d 16 03   .M..", "0x0000:  164d 1603",
        #"{"0":22,"1":77,"2":22,"3":3}"#, #"{"data":{"0": 22, "1": 77, "2": 22, "3": 3}}"#,
        "{0: 22, 1: 77, 2: 22, 3: 3}",
        "ay 4 22 77 22 3", "v ay 4 22 77 22 3", "array('B', [22, 77, 22, 3])", "new Uint8Array([22, 77, 22, 3])",
        "Buffer.from([0x16, 0x4d, 0x16, 0x03])", #"bytes.fromhex("16 4d 16 03")"#,
        "const v = new Uint8Array([22,77,22,3]);",
        "dbus.Array([dbus.Byte(22), dbus.Byte(77), dbus.Byte(22), dbus.Byte(3)], signature=dbus.Signature('y'))",
        "PropertiesChanged ('org.bluez.GattCharacteristic1', {'Value': <[byte 0x16, 0x4d, 0x16, 0x03]>}, @as [])",
        "\u{1B}[0;93mvalue:\u{1B}[0m 16 4d 16 03",
        "0000000 16 4d 16 03", #"b'\026M\026\003'"#, #""\026M\026\003""#, #""\u0016M\u0016\u0003""#,
    ])
    func bytes_ofPastedPacket_areRead(text: String) throws {
        #expect(try PastedPacket.bytes(of: text) == [0x16, 0x4D, 0x16, 0x03])
    }

    @Test(
        arguments: [
            ("0 128 72", [0, 128, 72]), ("[0, 72]", [0, 72]), ("0x0, 0x48", [0, 72]), ("00 48", [0, 72]),
            ("[16, 72]", [16, 72]), ("[22, 72, -86, 3]", [22, 72, 170, 3]), ("(0, 72, -1, -128)", [0, 72, 255, 128]),
        ] as [(String, [UInt8])])
    func bytes_ofDecimalsOrHexadecimals_areReadAsTheyCanOnlyBeMeant(text: String, bytes: [UInt8]) throws {
        #expect(try PastedPacket.bytes(of: text) == bytes)
    }

    @Test(arguments: [
        ("164", "an odd number"), ("16 4G", "not hexadecimal"), ("hello", "not hexadecimal"),
        ("16 4D 1٣", "not hexadecimal"), ("16, 72", "may be decimal or hexadecimal"),
        ("0 72", "may be decimal or hexadecimal"), ("6 48", "may be decimal or hexadecimal"),
        ("[0, 300]", "no byte"), ("164 D16 03", "an odd number"), (#"b'\x1'"#, "not hexadecimal"),
        ("bpm=72", "not hexadecimal"), ("word", "may be Base64"), ("Fk0WA/==", "not hexadecimal"),
        ("[22, 200, -86]", "no byte"), ("[1, -129]", "no byte"),
        ("[22, 72, 0x2a]", "may be decimal or hexadecimal"), ("0x16, 48", "may be decimal or hexadecimal"),
        ("0x00 72", "may be decimal or hexadecimal"), ("0x0010 0x16 0x48", "other numbers"),
        ("0010 16 48", "other numbers"), ("2026-11-24 16 48", "other numbers"), ("12:03 16 48", "other numbers"),
        ("16:48 00:48", "other numbers"), ("0000 16 48 2a 03", "other numbers"), ("0x1648 0x2a03", "other numbers"),
        ("0000000 4816 032a", "swap the bytes"), ("0b00010110 0b01001000", "binary"), ("00010110 01001000", "binary"),
        ("0001011001001000", "binary"),
        ("ay 3 22 72 42 3", "other numbers"), (#"{"1":22,"2":72}"#, "other numbers"),
        (#"{"0":22,"1":300}"#, "no byte"), ("dbus.Byte(300)", "no byte"), (#""\u20acH""#, "not hexadecimal"),
        (#"b'\777'"#, "not hexadecimal"),
    ])
    func bytes_ofAnythingElse_areRefusedWithTheReason(text: String, words: String) {
        let error = #expect(throws: PastedPacket.Problem.self) { try PastedPacket.bytes(of: text) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test(
        arguments: [
            ("[22, 77, 22, 3]", "read as decimal numbers"), ("[22, 72, -86, 3]", "read as signed decimals"),
            ("Fk0WAw==", "read as Base64"), ("16 48", "read as hexadecimal"), ("0x16 0x48", nil), ("1648", nil),
            ("16 4D", nil), ("<16 48>", nil), ("[22 72]", "read as decimal numbers"),
            ("0x2A37: 16 48", "read as hexadecimal"),
        ] as [(String, String?)])
    func packet_thatCouldBeMisunderstood_reportsHowItWasRead(text: String, notice: String?) throws {
        #expect(try PastedPacket(text).notice == notice)
    }

    @Test(
        arguments: [
            (["0x16", "0x4d", "0x16", "0x3"], ["0x16 0x4d 0x16 0x3"]), (["16", "48", "2A", "03"], ["16 48 2A 03"]),
            (["[22,", "72,", "42,", "3]"], ["[22, 72, 42, 3]"]), (["0", "128", "72"], ["0 128 72"]),
            (["Data:", "16482a03"], ["Data: 16482a03"]), (["1648", "0048"], ["1648", "0048"]),
            (["Data: 1648", "0048"], ["Data: 1648", "0048"]), (["(0x)", "16-48"], ["(0x) 16-48"]),
            (["handle", "=", "0x0011", "value:", "16", "48"], ["handle = 0x0011 value: 16 48"]),
            (["1648", "00"], ["1648", "00"]), (["16 48", "00 48"], ["16 48", "00 48"]),
            (["hello", "1648"], ["hello", "1648"]),
        ])
    func packet_thatTheShellHasSplit_isPutTogether(arguments: [String], texts: [String]) {
        #expect(PastedPacket.texts(of: arguments) == texts)
    }

    @Test func bytes_ofAnyText_areReadOrRefusedAndNeverTrap() {
        var random = SplitMix64(seed: 7)
        let alphabet = Array("0123456789abcdefx ,:-[](){}<>\"'\\bvalue=\n\r\t\u{FEFF}é")
        for _ in 0..<5_000 {
            let length = Int.random(in: 0..<40, using: &random)
            let text = String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
            if let bytes = try? PastedPacket.bytes(of: text) { _ = try? HeartRateMeasurement.decode(bytes) }
        }
    }

    @Test func json_ofFullPacket_hasThePromisedShape() throws {
        let bytes = try PastedPacket.bytes(of: "1E48100000042003FF")
        let decoded = try HeartRateMeasurement.decode(bytes)
        let explanation = MeasurementFormatter(
            measurement: decoded.measurement, trailingByteCount: decoded.trailingByteCount)
        #expect(
            explanation.json
                == #"{"bpm": 72, "contact": "detected", "energy_kj": 16, "rr": [1024, 800], "#
                + #""rr_ms": [1000.0, 781.3], "trailing_bytes": 1}"#)
        #expect(
            explanation.sentence
                == "72 bpm; contact detected; energy 16 kJ; RR 1000, 781 ms; 1 trailing byte ignored")
    }

    @Test func json_ofBarePacket_hasNullEnergyAndNoIntervals() {
        let explanation = MeasurementFormatter(
            measurement: HeartRateMeasurement(beatsPerMinute: 60), trailingByteCount: 0)
        #expect(
            explanation.json
                == #"{"bpm": 60, "contact": "unsupported", "energy_kj": null, "rr": [], "rr_ms": [], "#
                + #""trailing_bytes": 0}"#
        )
    }
}
