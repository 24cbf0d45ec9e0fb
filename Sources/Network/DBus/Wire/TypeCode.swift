/// The kind of a value in a message; the raw value is its letter in a signature (`DBUS_TYPE_…`, which Swift does not
/// import).
public enum TypeCode: Int32, Sendable {
    case byte = 0x79  // y
    case boolean = 0x62  // b
    case int16 = 0x6e  // n
    case uint16 = 0x71  // q
    case int32 = 0x69  // i
    case uint32 = 0x75  // u
    case int64 = 0x78  // x
    case uint64 = 0x74  // t
    case double = 0x64  // d
    case string = 0x73  // s
    case objectPath = 0x6f  // o
    case signature = 0x67  // g
    case fileDescriptor = 0x68  // h
    case array = 0x61  // a
    case variant = 0x76  // v
    case structure = 0x72  // r, written as ( and )
    case dictionaryEntry = 0x65  // e, written as { and }
}
