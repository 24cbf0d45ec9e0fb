extension Outbox {
    /// Declares these lanes and no others from now on. One that the file does not know starts after the newest reading; one
    /// that is no longer declared keeps its cursor, and holds nothing back.
    ///
    /// Nobody may use a lane any more that is not among them.
    /// - Throws: ``OutboxError``, also while the disk fails; nothing is changed then.
    package func declare(_ declared: Set<Lane>) throws {
        if isClosed { throw OutboxError(.storageFailed, path: path, detail: "the outbox is closed") }
        if let outage { throw outage.error }
        guard store != nil else { throw noFile }
        let states = try reportingErrors { try $0.store?.declare(declared) ?? [:] }
        let known = lanes
        // A cursor in memory may be ahead of the file's, and one in a file that was damaged beyond its readings.
        lanes = Dictionary(
            uniqueKeysWithValues: states.map { lane, state in
                (lane, LaneState(id: state.id, cursor: known[lane]?.cursor ?? min(state.cursor, newestID)))
            })
    }
}
