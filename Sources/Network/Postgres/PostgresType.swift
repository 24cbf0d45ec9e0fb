/// The types of parameters, and of the elements of arrays.
package enum PostgresType: Sendable, Hashable, CaseIterable {
    case bool
    case bytea
    case int4
    case int8
    case double
    case text

    /// Its number in the catalogue `pg_type`.
    var oid: UInt32 {
        switch self {
        case .bool: 16
        case .bytea: 17
        case .int8: 20
        case .int4: 23
        case .text: 25
        case .double: 701
        }
    }

    /// The number of its array.
    var arrayOID: UInt32 {
        switch self {
        case .bool: 1000
        case .bytea: 1001
        case .int8: 1016
        case .int4: 1007
        case .text: 1009
        case .double: 1022
        }
    }
}
