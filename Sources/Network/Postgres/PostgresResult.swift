import CPostgreSQL
import TextFormats

/// A result of libpq, cleared with its last reference.
final class PostgresResult {
    private let pointer: OpaquePointer
    private let functions: cpostgres_functions

    init(_ pointer: OpaquePointer, _ functions: cpostgres_functions) {
        self.pointer = pointer
        self.functions = functions
    }

    deinit {
        functions.clear(pointer)
    }

    /// Nil for an answer without an error.
    var error: PostgresError? {
        let status = Int(functions.result_status(pointer))
        guard ![CPOSTGRES_COMMAND_OK, CPOSTGRES_ROWS_OK, CPOSTGRES_EMPTY_QUERY].contains(status) else { return nil }
        let fields = PostgresFields(pointer, functions)
        // Without one it is libpq's own: the connection broke, or a COPY began, which no caller reads.
        guard let state = fields.sqlState else { return PostgresError(.connectionLost, fields.text) }
        return PostgresError(.server, fields.text, sqlState: state)
    }

    /// The rows, which came in the binary format.
    func rows(_ notices: [PostgresNotice]) throws(PostgresError) -> PostgresRows {
        let count = functions.column_count(pointer)
        let columns = (0..<count).map { functions.column_name(pointer, $0).map { String(cString: $0) } ?? "" }
        let types = (0..<count).map { functions.column_type(pointer, $0) }
        var rows: [[PostgresValue]] = []
        for row in 0..<functions.row_count(pointer) {
            var values: [PostgresValue] = []
            for column in 0..<count {
                guard functions.is_null(pointer, row, column) == 0 else {
                    values.append(.null)
                    continue
                }
                let field = UnsafeRawBufferPointer(
                    start: functions.value(pointer, row, column), count: Int(functions.length(pointer, row, column)))
                values.append(
                    try PostgresBinary.decode(field, oid: types[Int(column)], column: columns[Int(column)]))
            }
            rows.append(values)
        }
        let changed = functions.changed_rows(pointer).flatMap { Int(String(cString: $0)) } ?? 0
        return PostgresRows(columns: columns, rows: rows, changedCount: changed, notices: notices)
    }
}

/// The fields of an error or a notice.
struct PostgresFields {
    private let pointer: OpaquePointer
    private let functions: cpostgres_functions

    init(_ pointer: OpaquePointer, _ functions: cpostgres_functions) {
        self.pointer = pointer
        self.functions = functions
    }

    /// Not translated.
    var severity: String? { field(CPOSTGRES_FIELD_SEVERITY) }

    var sqlState: String? { field(CPOSTGRES_FIELD_SQLSTATE) }

    /// The message without its detail, which can show the values of a row.
    var text: String {
        guard let message = field(CPOSTGRES_FIELD_MESSAGE) else {
            return functions.result_error_message(pointer).map { String(cString: $0) }?.printable() ?? ""
        }
        return message.printable(scalars: 300)
    }

    private func field(_ field: Int) -> String? {
        functions.result_error_field(pointer, Int32(field)).map { String(cString: $0) }
    }
}
