import CDBus
import Glibc

/// Reads the arguments of a received message in order, directly from its bytes.
///
/// ```swift
/// let (name, level) = try message.read { (reader) throws(BusError) in
///     (try reader.readString(), try reader.readByte())
/// }
/// ```
///
/// A reader lives as long as the closure that gets it. Reading a wrong type throws ``BusError/Code/unexpectedType``
/// and keeps the position.
public struct MessageReader: ~Copyable {
    private var iterator: DBusMessageIter

    init(_ iterator: DBusMessageIter) {
        self.iterator = iterator
    }

    /// The type of the next value; nil at the end.
    public var nextType: TypeCode? {
        mutating get { TypeCode(rawValue: dbus_message_iter_get_arg_type(&iterator)) }
    }

    /// Skips the next value.
    public mutating func skip() {
        dbus_message_iter_next(&iterator)
    }

    /// Reads a byte (`y`).
    public mutating func readByte() throws(BusError) -> UInt8 { try read(.byte, 0) }
    /// Reads a boolean (`b`).
    public mutating func readBoolean() throws(BusError) -> Bool { try read(.boolean, UInt32(0)) != 0 }
    /// Reads a signed 16-bit integer (`n`).
    public mutating func readInt16() throws(BusError) -> Int16 { try read(.int16, 0) }
    /// Reads an unsigned 16-bit integer (`q`).
    public mutating func readUInt16() throws(BusError) -> UInt16 { try read(.uint16, 0) }
    /// Reads a signed 32-bit integer (`i`).
    public mutating func readInt32() throws(BusError) -> Int32 { try read(.int32, 0) }
    /// Reads an unsigned 32-bit integer (`u`).
    public mutating func readUInt32() throws(BusError) -> UInt32 { try read(.uint32, 0) }
    /// Reads a signed 64-bit integer (`x`).
    public mutating func readInt64() throws(BusError) -> Int64 { try read(.int64, 0) }
    /// Reads an unsigned 64-bit integer (`t`).
    public mutating func readUInt64() throws(BusError) -> UInt64 { try read(.uint64, 0) }
    /// Reads a floating-point number (`d`).
    public mutating func readDouble() throws(BusError) -> Double { try read(.double, 0) }

    /// Reads a string (`s`).
    public mutating func readString() throws(BusError) -> String {
        String(cString: try readText(.string))
    }

    /// Reads an object path (`o`).
    public mutating func readObjectPath() throws(BusError) -> ObjectPath {
        ObjectPath(validated: String(cString: try readText(.objectPath)))
    }

    /// Reads a signature (`g`).
    public mutating func readSignature() throws(BusError) -> Signature {
        Signature(validated: String(cString: try readText(.signature)))
    }

    /// Reads a string and compares it, without making a `String`.
    public mutating func readString(is expected: StaticString) throws(BusError) -> Bool {
        let text = try readText(.string)
        return expected.withUTF8Buffer { expected in
            // Compared up to the first difference, the terminating zero of `text` included.
            for (index, byte) in expected.enumerated() where UInt8(bitPattern: text[index]) != byte { return false }
            return text[expected.count] == 0
        }
    }

    /// Reads a string and compares it with a string that is known at run time.
    public mutating func readString(is expected: String) throws(BusError) -> Bool {
        let text = try readText(.string)
        return expected.withCString { strcmp(text, $0) } == 0
    }

    /// Reads an array of bytes (`ay`).
    public mutating func readBytes() throws(BusError) -> [UInt8] {
        guard nextType == .array, dbus_message_iter_get_element_type(&iterator) == TypeCode.byte.rawValue else {
            throw mismatch(expected: "ay")
        }
        var elements = DBusMessageIter()
        dbus_message_iter_recurse(&iterator, &elements)
        var start: UnsafePointer<UInt8>?
        var count: Int32 = 0
        dbus_message_iter_get_fixed_array(&elements, &start, &count)
        let bytes = Array(UnsafeBufferPointer(start: start, count: Int(count)))
        skip()
        return bytes
    }

    /// Calls `body` for each element of an array. `body` reads exactly one value, or one entry of a dictionary with
    /// ``readEntry(_:)``.
    public mutating func readArray(
        _ body: (inout MessageReader) throws(BusError) -> Void
    ) throws(BusError) {
        try readContainer(.array) { (elements) throws(BusError) in
            while elements.nextType != nil { try body(&elements) }
        }
    }

    /// Reads an entry of a dictionary. `body` reads the key, then the value.
    public mutating func readEntry<Result>(
        _ body: (inout MessageReader) throws(BusError) -> Result
    ) throws(BusError) -> Result {
        try readContainer(.dictionaryEntry, body)
    }

    /// Reads a structure. `body` reads its fields.
    public mutating func readStructure<Result>(
        _ body: (inout MessageReader) throws(BusError) -> Result
    ) throws(BusError) -> Result {
        try readContainer(.structure, body)
    }

    /// Reads a variant. `body` reads its value.
    public mutating func readVariant<Result>(
        _ body: (inout MessageReader) throws(BusError) -> Result
    ) throws(BusError) -> Result {
        try readContainer(.variant, body)
    }

    private mutating func readContainer<Result>(
        _ type: TypeCode, _ body: (inout MessageReader) throws(BusError) -> Result
    ) throws(BusError) -> Result {
        guard nextType == type else { throw mismatch(expected: "\(type)") }
        var inner = MessageReader(DBusMessageIter())
        dbus_message_iter_recurse(&iterator, &inner.iterator)
        let result = try body(&inner)
        skip()
        return result
    }

    private mutating func read<Number: BitwiseCopyable>(_ type: TypeCode, _ zero: Number) throws(BusError) -> Number {
        guard nextType == type else { throw mismatch(expected: "\(type)") }
        var number = zero
        dbus_message_iter_get_basic(&iterator, &number)
        skip()
        return number
    }

    /// The text lives as long as the message.
    private mutating func readText(_ type: TypeCode) throws(BusError) -> UnsafePointer<CChar> {
        guard nextType == type else { throw mismatch(expected: "\(type)") }
        var text: UnsafePointer<CChar>?
        dbus_message_iter_get_basic(&iterator, &text)
        guard let text else { throw mismatch(expected: "\(type)") }
        skip()
        return text
    }

    mutating func elementSignature() -> Signature {
        var elements = DBusMessageIter()
        dbus_message_iter_recurse(&iterator, &elements)
        guard let text = dbus_message_iter_get_signature(&elements) else { return Signature(validated: "") }
        defer { dbus_free(text) }
        return Signature(validated: String(cString: text))
    }

    mutating func mismatch(expected: String) -> BusError {
        let found = nextType.map { "\($0)" } ?? "nothing more"
        return .unexpectedType("expected \(expected), found \(found)")
    }
}
