/// Counts the content of an outbox that this process has open, on one lasting connection.
///
/// GRDB ends each connection with a job in libdispatch's pool, which wakes every second from then on.
actor OutboxCounter {
    private let path: String
    private var reader: OutboxReader?
    /// Where ``reader`` was opened.
    private var place: OutboxFile.Place?

    init(path: String) {
        self.path = path
    }

    func statistics(spool: Spool.Content) async throws -> OutboxStatistics {
        let found = OutboxFile.Place(path)
        let reader = try found == place ? self.reader ?? OutboxReader(path: path) : OutboxReader(path: path)
        (self.reader, place) = (reader, found)
        do {
            return try await reader.statistics(spool: spool)
        } catch {
            self.reader = nil
            throw error
        }
    }
}
