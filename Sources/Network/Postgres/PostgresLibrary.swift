import CPostgreSQL
import TextFormats

/// libpq, which is loaded at its first use and stays loaded.
///
/// Only a hub with a database on PostgreSQL loads it, and a package needs it as a recommendation only.
package struct PostgresLibrary: Sendable {
    /// The name by which the loader finds it: the ABI of all versions since 8.0.
    package static let name = "libpq.so.5"

    let functions: cpostgres_functions

    /// - Throws: ``PostgresError`` with the command that installs it, if it is missing.
    package init(name: String = Self.name) throws(PostgresError) {
        var functions = cpostgres_functions()
        if let problem = cpostgres_load(name, &functions) {
            throw PostgresError(.libraryMissing, String(cString: problem).printable())
        }
        self.functions = functions
    }
}
