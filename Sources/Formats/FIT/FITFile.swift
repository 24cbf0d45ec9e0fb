/// The bytes of a FIT file: a header of 14 bytes, definitions and messages, and a checksum of all before it.
///
/// The reader is for files of ``encode(_:)``: little-endian, without developer fields and compressed time stamps.
/// [FIT protocol](https://developer.garmin.com/fit/protocol/)
package enum FITFile {
    static let headerBytes = 14
    /// Version 2.0.
    private static let protocolVersion: UInt8 = 0x20
    /// 21.18; readers of any profile read all messages of ours.
    private static let profileVersion: UInt16 = 2118
    private static let signature = Array(".FIT".utf8)

    /// The same bytes for the same messages.
    package static func encode(_ messages: some Sequence<FITMessage>) -> [UInt8] {
        var table = FITDefinitionTable()
        var data: [UInt8] = []
        for message in messages {
            let (local, definition) = table.place(of: message)
            if let definition { data += definition }
            data.append(local)
            for field in message.fields { data += field.value.bytes }
        }
        let size = UInt32(data.count)
        var file: [UInt8] = [UInt8(headerBytes), protocolVersion]
        file += FITMessage.Value.uint16(profileVersion).bytes + FITMessage.Value.uint32(size).bytes + signature
        file += FITMessage.Value.uint16(FITChecksum.of(file)).bytes
        file += data
        return file + FITMessage.Value.uint16(FITChecksum.of(file)).bytes
    }

    /// Reads a file of ``encode(_:)``. Any bytes are safe.
    package static func decode(_ bytes: [UInt8]) throws(FITDecodingError) -> [FITMessage] {
        guard bytes.count >= headerBytes + 2 else { throw FITDecodingError(.truncated, at: bytes.count) }
        guard bytes[0] == headerBytes, Array(bytes[8..<12]) == signature else {
            throw FITDecodingError(.notFIT, at: 0)
        }
        guard word(bytes, at: 12) == FITChecksum.of(bytes[..<12]) else { throw FITDecodingError(.checksum, at: 12) }
        let size = Int(word(bytes, at: 4)) | Int(word(bytes, at: 6)) << 16
        let end = headerBytes + size
        guard bytes.count >= end + 2 else { throw FITDecodingError(.truncated, at: bytes.count) }
        guard bytes.count == end + 2 else { throw FITDecodingError(.trailingBytes, at: end + 2) }
        guard word(bytes, at: end) == FITChecksum.of(bytes[..<end]) else { throw FITDecodingError(.checksum, at: end) }
        var reader = FITRecordReader(bytes[headerBytes..<end])
        var messages: [FITMessage] = []
        while let message = try reader.next() { messages.append(message) }
        return messages
    }

    private static func word(_ bytes: [UInt8], at place: Int) -> UInt16 {
        UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8
    }
}

/// Why bytes are not a FIT file of ours.
package struct FITDecodingError: Error, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case notFIT = "no FIT file"
        case truncated = "the file is cut off"
        case trailingBytes = "there are bytes after the end"
        case checksum = "a wrong checksum"
        case undefined = "a message without a definition"
        case unsupported = "a form of FIT that this reader does not know"
    }

    package let code: Code
    /// In bytes from the start of the file.
    package let offset: Int

    init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    package var description: String { "\(code.rawValue), at byte \(offset)" }
}
