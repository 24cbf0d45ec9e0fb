extension Bus {
    /// Requests a well-known name, without a place in the queue for it.
    ///
    /// - Throws: ``BusError``, also if another connection owns the name.
    public func requestName(_ name: String) async throws {
        let doNotQueue: UInt32 = 4
        let primaryOwner: UInt32 = 1
        let alreadyOwner: UInt32 = 4
        let result = try await call(.bus("RequestName", [.string(name), .uint32(doNotQueue)])) {
            (reader) throws(BusError) in try reader.readUInt32()
        }
        guard result == primaryOwner || result == alreadyOwner else {
            throw BusError(name: BusError.Name.failed, message: "the name \(name) is taken by another connection")
        }
    }

    /// Releases a name that ``requestName(_:)`` has taken.
    public func releaseName(_ name: String) async throws {
        try await call(.bus("ReleaseName", [.string(name)]))
    }

    /// The unique name of the connection that owns `name`; nil if it has no owner.
    public func owner(of name: String) async throws -> String? {
        do {
            return try await call(.bus("GetNameOwner", [.string(name)])) { (reader) throws(BusError) in
                try reader.readString()
            }
        } catch let error as BusError where error.name == BusError.Name.nameHasNoOwner {
            return nil
        }
    }

    /// The next owners of `name`: each new unique name, and nil if the name has lost its owner.
    ///
    /// Call ``owner(of:)`` afterwards for the present owner.
    public func ownerChanges(of name: String) async throws -> SignalStream<String?> {
        try await signals(matching: .ownerChange(of: name)) { $0.ownerChange().map(\.newOwner) }
    }
}
