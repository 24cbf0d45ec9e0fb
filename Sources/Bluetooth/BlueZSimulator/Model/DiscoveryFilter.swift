import DBus

/// What a client wants to discover (`Adapter1.SetDiscoveryFilter`); service UUIDs and `DuplicateData` are heeded.
struct DiscoveryFilter: Sendable, Hashable {
    /// Any of these, in the long form; empty for all devices.
    var uuids: Set<String> = []
    /// Reports every advertisement, also one without news.
    var wantsDuplicates = false

    init() {}

    init(_ filter: [String: BusValue]) {
        uuids = Set((filter["UUIDs"]?.strings ?? []).map(Self.longForm))
        wantsDuplicates = filter["DuplicateData"]?.boolean ?? false
    }

    func admits(_ strap: SimulatedStrap) -> Bool {
        uuids.isEmpty || !uuids.isDisjoint(with: strap.advertisedUUIDs)
    }

    private static func longForm(_ uuid: String) -> String {
        let digits = (uuid.hasPrefix("0x") ? String(uuid.dropFirst(2)) : uuid).lowercased()
        return digits.count == 4 ? "0000\(digits)-0000-1000-8000-00805f9b34fb" : digits
    }
}
