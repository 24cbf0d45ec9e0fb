/// The type of a value in a message. The raw value is its letter in a signature (`DBUS_TYPE_…` of libdbus).
public enum TypeCode: Int32, Sendable {
    /// An unsigned byte.
    case byte = 0x79  // y
    /// A boolean.
    case boolean = 0x62  // b
    /// A signed 16-bit integer.
    case int16 = 0x6e  // n
    /// An unsigned 16-bit integer.
    case uint16 = 0x71  // q
    /// A signed 32-bit integer.
    case int32 = 0x69  // i
    /// An unsigned 32-bit integer.
    case uint32 = 0x75  // u
    /// A signed 64-bit integer.
    case int64 = 0x78  // x
    /// An unsigned 64-bit integer.
    case uint64 = 0x74  // t
    /// A floating-point number.
    case double = 0x64  // d
    /// A string.
    case string = 0x73  // s
    /// An object path.
    case objectPath = 0x6f  // o
    /// A signature.
    case signature = 0x67  // g
    /// A file descriptor, which this module does not read.
    case fileDescriptor = 0x68  // h
    /// An array or a dictionary.
    case array = 0x61  // a
    /// A value with its type.
    case variant = 0x76  // v
    /// A structure.
    case structure = 0x72  // r, written as ( and )
    /// An entry of a dictionary.
    case dictionaryEntry = 0x65  // e, written as { and }
}
