import Testing

@testable import FIT

@Suite struct FITFileTests {
    private let messages = [
        FITMessage(0, [FITMessage.Field(0, .enumeration(4)), FITMessage.Field(8, .string("Häns ♥"))]),
        FITMessage(20, [FITMessage.Field(253, .uint32(1_000_000_000)), FITMessage.Field(3, .uint8(72))]),
        FITMessage(20, [FITMessage.Field(253, .uint32(1_000_000_001)), FITMessage.Field(3, .uint8(73))]),
        FITMessage(78, [FITMessage.Field(0, .uint16s([833, 840, 0xFFFF, 0xFFFF, 0xFFFF]))]),
        FITMessage(23, [FITMessage.Field(3, .uint32z(7)), FITMessage.Field(2, .uint16(123))]),
    ]

    @Test func checksum_isThatOfCRC16ARC() {
        #expect(FITChecksum.of(Array("123456789".utf8)) == 0xBB3D)
    }

    @Test func header_isThatOfTheProtocol() {
        let file = FITFile.encode(messages)
        #expect(Array(file[..<2]) == [14, 0x20] && Array(file[8..<12]) == Array(".FIT".utf8))
        #expect(Int(file[4]) | Int(file[5]) << 8 == file.count - 16)
        // The checksum of all with its own checksum is 0.
        #expect(FITChecksum.of(file) == 0 && FITChecksum.of(file[..<14]) == 0)
    }

    @Test func messages_areReadAsTheyWereWritten() throws {
        #expect(try FITFile.decode(FITFile.encode(messages)) == messages)
        #expect(try FITFile.decode(FITFile.encode([])) == [])
    }

    @Test func layout_isDefinedOnce_untilSixteenOthersCame() throws {
        let twice = FITFile.encode(messages + messages).count - FITFile.encode(messages).count
        #expect(twice == messages.reduce(0) { $0 + 1 + $1.fields.reduce(0) { $0 + $1.value.bytes.count } })
        let many = (0..<40).flatMap { size in
            let text = String(repeating: "x", count: size)
            return Array(repeating: FITMessage(27, [FITMessage.Field(8, .string(text))]), count: 2)
        }
        #expect(try FITFile.decode(FITFile.encode(many)) == many)
    }

    @Test func text_whateverItsLength_fitsAField() throws {
        let long = FITMessage(23, [FITMessage.Field(27, .string(String(repeating: "ö", count: 500)))])
        let read = try #require(try FITFile.decode(FITFile.encode([long])).first)
        #expect(read[27] == .string(String(repeating: "ö", count: 127)))
    }

    @Test func fileWithAFlippedBit_isRefused() {
        let file = FITFile.encode(messages)
        for place in file.indices {
            for bit in 0..<8 {
                var damaged = file
                damaged[place] ^= 1 << UInt8(bit)
                #expect(throws: FITDecodingError.self) { try FITFile.decode(damaged) }
            }
        }
    }

    @Test func fileThatIsCutOff_isRefused() {
        let file = FITFile.encode(messages)
        for count in file.indices {
            #expect(throws: FITDecodingError.self) { try FITFile.decode(Array(file.prefix(count))) }
        }
        #expect(throws: FITDecodingError(.trailingBytes, at: file.count)) { try FITFile.decode(file + [0]) }
    }

    @Test func dataOfAnyBytes_isReadOrRefused() {
        var state: UInt64 = 42
        for _ in 0..<2000 {
            let data = (0..<Int(state >> 58)).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33) & 0x4F
            }
            state = state &* 6_364_136_223_846_793_005 &+ 1
            var reader = FITRecordReader(data[...])
            while let message = try? reader.next() {
                #expect((try? FITFile.decode(FITFile.encode([message]))) == [message])
            }
        }
    }
}
