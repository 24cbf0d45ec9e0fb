extension Bus {
    /// Takes a well-known name, at once or not at all.
    ///
    /// - Throws: ``BusError`` also when the name has an owner already: stop the other program first.
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

    public func releaseName(_ name: String) async throws {
        try await call(.bus("ReleaseName", [.string(name)]))
    }

    /// The unique name of the connection that owns `name`; nil when none does.
    public func owner(of name: String) async throws -> String? {
        do {
            return try await call(.bus("GetNameOwner", [.string(name)])) { (reader) throws(BusError) in
                try reader.readString()
            }
        } catch let error as BusError where error.name == BusError.Name.nameHasNoOwner {
            return nil
        }
    }

    /// The owners of `name` from now on: the new unique name, nil when the owner has gone. Ask ``owner(of:)`` afterwards
    /// for the present one.
    public func ownerChanges(of name: String) async throws -> SignalStream<String?> {
        try await signals(matching: .ownerChange(of: name)) { $0.ownerChange().map(\.newOwner) }
    }
}
