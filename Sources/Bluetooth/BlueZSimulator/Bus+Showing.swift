import DBus

extension Bus {
    /// Shows changes on the bus at once. They fail only if the bus is lost.
    func show(
        _ actions: [BusAction], interface: @Sendable (String, [String: BusValue]) -> ExportedInterface
    ) {
        for action in actions {
            switch action {
            case .export(let path, let interfaces):
                try? export(interfaces.map { interface($0.key, $0.value) }, at: path)
            case .unexport(let path, let interfaces):
                try? unexport(interfaces, at: path)
            case .update(let path, let interface, let values, let removed):
                try? update(values, of: interface, at: path, removing: removed)
            }
        }
    }

    /// Returns when the name has no owner.
    func untilFree(_ name: String) async throws {
        let owners = try await ownerChanges(of: name)
        if try await owner(of: name) == nil { return }
        for try await owner in owners where owner == nil { return }
    }

    /// The unique names of connections that end.
    func vanishedClients() async throws -> SignalStream<String> {
        let rule = MatchRule(
            sender: "org.freedesktop.DBus", interface: "org.freedesktop.DBus", member: "NameOwnerChanged")
        return try await signals(matching: rule) { message in
            let names = try? message.read { (reader) throws(BusError) in
                (name: try reader.readString(), old: try reader.readString(), new: try reader.readString())
            }
            guard let names, names.name == names.old, names.new.isEmpty else { return nil }
            return names.name
        }
    }
}
