import CDBus

/// Appends values to a message. Validate them first: libdbus aborts the process on an invalid value.
struct MessageWriter: ~Copyable {
    private var iterator = DBusMessageIter()

    init(_ message: OpaquePointer) {
        dbus_message_iter_init_append(message, &iterator)
    }

    private init() {}

    mutating func append(_ value: BusValue) {
        switch value {
        case .byte(let number): append(number, as: .byte)
        case .boolean(let flag): append(UInt32(flag ? 1 : 0), as: .boolean)
        case .int16(let number): append(number, as: .int16)
        case .uint16(let number): append(number, as: .uint16)
        case .int32(let number): append(number, as: .int32)
        case .uint32(let number): append(number, as: .uint32)
        case .int64(let number): append(number, as: .int64)
        case .uint64(let number): append(number, as: .uint64)
        case .double(let number): append(number, as: .double)
        case .string(let text): append(text, as: .string)
        case .objectPath(let path): append(path.string, as: .objectPath)
        case .signature(let signature): append(signature.string, as: .signature)
        case .bytes(let bytes): append(bytes)
        case .array(let element, let elements):
            appendContainer(.array, element.string) { writer in
                for value in elements { writer.append(value) }
            }
        case .dictionary(let key, let value, let entries):
            appendContainer(.array, "{\(key)\(value)}") { writer in
                for (key, value) in entries {
                    writer.appendContainer(.dictionaryEntry, nil) { entry in
                        entry.append(key)
                        entry.append(value)
                    }
                }
            }
        case .structure(let fields):
            appendContainer(.structure, nil) { writer in
                for field in fields { writer.append(field) }
            }
        case .variant(let inner):
            appendContainer(.variant, inner.signature.string) { writer in writer.append(inner) }
        }
    }

    private mutating func append<Number: BitwiseCopyable>(_ number: Number, as type: TypeCode) {
        var number = number
        require(dbus_message_iter_append_basic(&iterator, type.rawValue, &number))
    }

    private mutating func append(_ text: String, as type: TypeCode) {
        text.withCString { start in
            var start: UnsafePointer<CChar>? = start
            require(dbus_message_iter_append_basic(&iterator, type.rawValue, &start))
        }
    }

    private mutating func append(_ bytes: [UInt8]) {
        appendContainer(.array, "y") { writer in
            bytes.withUnsafeBufferPointer { bytes in
                var start = bytes.baseAddress
                guard start != nil else { return }
                require(
                    dbus_message_iter_append_fixed_array(
                        &writer.iterator, TypeCode.byte.rawValue, &start, Int32(bytes.count)))
            }
        }
    }

    private mutating func appendContainer(
        _ type: TypeCode, _ contents: String?, _ body: (inout MessageWriter) -> Void
    ) {
        var inner = MessageWriter()
        require(dbus_message_iter_open_container(&iterator, type.rawValue, contents, &inner.iterator))
        body(&inner)
        require(dbus_message_iter_close_container(&iterator, &inner.iterator))
    }
}

/// libdbus fails to append only when memory has run out, where Swift itself traps.
private func require(_ success: dbus_bool_t) {
    precondition(success != 0, "out of memory")
}
