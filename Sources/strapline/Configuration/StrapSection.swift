/// A strap: how it is found, and where its readings go.
struct StrapSection: ConfigurationSection {
    /// The name in logs and in the outbox.
    var name: String
    /// The Bluetooth address; without it and a device name the first strap found is taken.
    var address: String?
    /// The name that the strap advertises.
    var deviceName: String?
    /// The address of the adapter that serves this strap, in place of the one for all.
    var adapter: String?
    /// Whether the uploader makes a bond anew that is missing or that the strap has lost.
    var renewBond: Bool?
    var destinations: [DestinationSection]

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, address, adapter, destinations
        case deviceName = "device_name"
        case renewBond = "renew_bond"
    }

    static var sections: [CodingKeys: any ConfigurationSection.Type] { [.destinations: DestinationSection.self] }
}
