/// The layout of messages: what a definition in a file says.
struct FITDefinition: Equatable {
    struct Field: Equatable {
        let number: UInt8
        let size: UInt8
        let type: FITMessage.Value.BaseType
    }

    let number: UInt16
    let fields: [Field]

    /// With the local number of its messages.
    func bytes(local: UInt8) -> [UInt8] {
        [FITRecordHeader.definition | local, 0, 0] + FITMessage.Value.uint16(number).bytes + [UInt8(fields.count)]
            + fields.flatMap { [$0.number, $0.size, $0.type.rawValue] }
    }
}

extension FITDefinition {
    init(of message: FITMessage) {
        number = message.number
        fields = message.fields.map {
            Field(number: $0.number, size: UInt8($0.value.bytes.count), type: $0.value.baseType)
        }
    }
}

enum FITRecordHeader {
    static let definition: UInt8 = 0x40
    static let locals = 16
    static let localMask: UInt8 = 0x0F
}

/// Gives each layout a local number. With 16 in use a new one replaces the oldest.
struct FITDefinitionTable {
    private var definitions: [FITDefinition] = []
    private var next = 0

    /// The local number of the message's layout, and the bytes that define it, if the file does not know it yet.
    mutating func place(of message: FITMessage) -> (local: UInt8, definition: [UInt8]?) {
        let definition = FITDefinition(of: message)
        if let place = definitions.firstIndex(of: definition) { return (UInt8(place), nil) }
        let place = next
        next = (next + 1) % FITRecordHeader.locals
        if place < definitions.count { definitions[place] = definition } else { definitions.append(definition) }
        return (UInt8(place), definition.bytes(local: UInt8(place)))
    }
}

/// Reads the messages between header and checksum.
struct FITRecordReader {
    private var rest: ArraySlice<UInt8>
    private var definitions: [UInt8: FITDefinition] = [:]

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// Nil at the end.
    mutating func next() throws(FITDecodingError) -> FITMessage? {
        while let header = rest.popFirst() {
            let local = header & FITRecordHeader.localMask
            if header & ~FITRecordHeader.localMask == FITRecordHeader.definition {
                definitions[local] = try definition()
            } else if header == local {
                guard let definition = definitions[local] else { throw error(.undefined) }
                return try message(definition)
            } else {
                throw error(.unsupported)
            }
        }
        return nil
    }

    private mutating func definition() throws(FITDecodingError) -> FITDefinition {
        let head = try take(5)
        guard head[0] == 0, head[1] == 0 else { throw error(.unsupported) }
        var fields: [FITDefinition.Field] = []
        for _ in 0..<head[4] {
            let field = try take(3)
            guard let type = FITMessage.Value.BaseType(rawValue: field[2]) else { throw error(.unsupported) }
            fields.append(FITDefinition.Field(number: field[0], size: field[1], type: type))
        }
        return FITDefinition(number: UInt16(head[2]) | UInt16(head[3]) << 8, fields: fields)
    }

    private mutating func message(_ definition: FITDefinition) throws(FITDecodingError) -> FITMessage {
        var fields: [FITMessage.Field] = []
        for field in definition.fields {
            let bytes = try take(Int(field.size))
            guard let value = FITMessage.Value(field.type, bytes[...]) else { throw error(.unsupported) }
            fields.append(FITMessage.Field(field.number, value))
        }
        return FITMessage(definition.number, fields)
    }

    private mutating func take(_ count: Int) throws(FITDecodingError) -> [UInt8] {
        guard rest.count >= count else { throw FITDecodingError(.truncated, at: rest.endIndex) }
        defer { rest.removeFirst(count) }
        return Array(rest.prefix(count))
    }

    private func error(_ code: FITDecodingError.Code) -> FITDecodingError {
        FITDecodingError(code, at: rest.startIndex)
    }
}
