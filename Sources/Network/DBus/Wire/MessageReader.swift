import CDBus
import Glibc

/// Reads the arguments of a received message one after the other, straight from its bytes.
///
/// A reader does not outlive the closure that is given it. Reading a type that is not there throws
/// ``BusError/Code/unexpectedType`` and leaves the reader where it is.
public struct MessageReader: ~Copyable {
    private var iterator: DBusMessageIter

    init(_ iterator: DBusMessageIter) {
        self.iterator = iterator
    }

    /// The type of the next value; nil at the end.
    public var nextType: TypeCode? {
        mutating get { TypeCode(rawValue: dbus_message_iter_get_arg_type(&iterator)) }
    }

    /// Steps over the next value, whatever it is.
    public mutating func skip() {
        dbus_message_iter_next(&iterator)
    }

    public mutating func readByte() throws(BusError) -> UInt8 { try read(.byte, 0) }
    public mutating func readBoolean() throws(BusError) -> Bool { try read(.boolean, UInt32(0)) != 0 }
    public mutating func readInt16() throws(BusError) -> Int16 { try read(.int16, 0) }
    public mutating func readUInt16() throws(BusError) -> UInt16 { try read(.uint16, 0) }
    public mutating func readInt32() throws(BusError) -> Int32 { try read(.int32, 0) }
    public mutating func readUInt32() throws(BusError) -> UInt32 { try read(.uint32, 0) }
    public mutating func readInt64() throws(BusError) -> Int64 { try read(.int64, 0) }
    public mutating func readUInt64() throws(BusError) -> UInt64 { try read(.uint64, 0) }
    public mutating func readDouble() throws(BusError) -> Double { try read(.double, 0) }

    public mutating func readString() throws(BusError) -> String {
        String(cString: try readText(.string))
    }

    public mutating func readObjectPath() throws(BusError) -> ObjectPath {
        ObjectPath(validated: String(cString: try readText(.objectPath)))
    }

    public mutating func readSignature() throws(BusError) -> Signature {
        Signature(validated: String(cString: try readText(.signature)))
    }

    /// Reads a string and tells whether it is this one, without making a `String` of it.
    public mutating func readString(is expected: StaticString) throws(BusError) -> Bool {
        let text = try readText(.string)
        return expected.withUTF8Buffer { expected in
            // Compared up to the first difference, the terminating zero of `text` included.
            for (index, byte) in expected.enumerated() where UInt8(bitPattern: text[index]) != byte { return false }
            return text[expected.count] == 0
        }
    }

    /// Like ``readString(is:)-(StaticString)`` for a string that is known only when the program runs.
    public mutating func readString(is expected: String) throws(BusError) -> Bool {
        let text = try readText(.string)
        return expected.withCString { strcmp(text, $0) } == 0
    }

    /// Reads an `ay` in one piece.
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

    /// Calls `body` for each element of an array until the reader has no more; `body` reads exactly one value a time,
    /// of a dictionary one entry with ``readEntry(_:)``.
    public mutating func readArray(
        _ body: (inout MessageReader) throws(BusError) -> Void
    ) throws(BusError) {
        try readContainer(.array) { (elements) throws(BusError) in
            while elements.nextType != nil { try body(&elements) }
        }
    }

    /// Reads an entry of a dictionary: `body` reads the key, then the value.
    public mutating func readEntry<Result>(
        _ body: (inout MessageReader) throws(BusError) -> Result
    ) throws(BusError) -> Result {
        try readContainer(.dictionaryEntry, body)
    }

    /// Reads a structure: `body` reads its fields.
    public mutating func readStructure<Result>(
        _ body: (inout MessageReader) throws(BusError) -> Result
    ) throws(BusError) -> Result {
        try readContainer(.structure, body)
    }

    /// Reads a variant: `body` reads the one value in it.
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
