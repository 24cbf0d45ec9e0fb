import TextFormats

/// Names that an administrator gives to users, clients and tokens of the administration.
package enum AdministrationName {
    /// - Parameters:
    ///   - name: the name.
    ///   - what: what the name is of, for the message: `A user's name`.
    /// - Throws: ``HubStoreError/Code/invalidRequest`` for a name that a log or a page could not show as it is.
    package static func check(_ name: String, _ what: String) throws {
        guard !name.isEmpty, name.isPrintable(scalars: HubStore.nameScalars) else {
            throw HubStoreError(
                .invalidRequest,
                "\(what) is 1 to \(HubStore.nameScalars) printable Unicode characters in one line, without control "
                    + "characters, direction marks and zero-width characters, and without spaces at its ends or two in a row. "
                    + "Choose another name.")
        }
    }
}
