import TextFormats

/// The rules for names of users, clients and admin tokens.
enum AccountName {
    /// Longest name in Unicode scalars: it must fit a line of a log and a tile of a page.
    static let maximumScalars = 64

    /// - Parameters:
    ///   - name: the name.
    ///   - subject: the subject of the error message: `A user's name`.
    /// - Throws: ``HubStoreError/Code/invalidRequest`` for a name that a log or a page cannot show unchanged.
    static func check(_ name: String, _ subject: String) throws {
        guard !name.isEmpty, name.isPrintable(scalars: maximumScalars) else {
            throw HubStoreError(
                .invalidRequest,
                "\(subject) is 1 to \(maximumScalars) printable Unicode characters in one line, without control "
                    + "characters, direction marks and zero-width characters, and without spaces at its ends or "
                    + "two in a row. "
                    + "Choose another name.")
        }
    }

    /// A name as the database holds it, made printable: earlier versions accepted any text.
    static func stored(_ name: String) -> String { name.printable(scalars: maximumScalars) }
}
