import Glibc

/// Which files a SQLite database is, since it was opened.
///
/// SQLite reports no error if its file is deleted, moved or replaced: it goes on in the old one. Commits are lost with
/// the process then.
struct OpenedFiles: Sendable {
    private struct Identity: Sendable, Equatable {
        let device: dev_t
        let number: ino_t

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, number) = (status.st_dev, status.st_ino)
        }
    }

    private let path: String
    private let log: String
    private let identities: [Identity?]

    /// After the database was opened: the write-ahead log exists.
    init(path: String) {
        self.path = path
        log = path + "-wal"
        identities = [Identity(path), Identity(log)]
    }

    /// - Throws: ``HubStoreError/Code/vanished``.
    func requireInPlace() throws(HubStoreError) {
        guard identities != [Identity(path), Identity(log)] else { return }
        throw HubStoreError(
            .vanished,
            "The hub's database \(path), or its write-ahead log, was moved, replaced or deleted while it was open. "
                + "Nothing more is accepted, because it would be lost. Put the files back, or restart the hub.")
    }
}
