/// A strap: how it is found, and where its readings go.
struct StrapSection: ConfigurationSection {
    enum Mode: String, ConfigurationChoice {
        case connect, broadcast
    }

    /// The name in logs and in the outbox.
    var name: String
    /// The Bluetooth address; without it and a device name the first strap found is taken.
    var address: String?
    /// The name that the strap advertises.
    var deviceName: String?
    /// The address of the adapter that serves this strap, in place of the one for all.
    var adapter: String?
    /// Whether it is connected to, or only heard: what Polar straps tell everybody. Connected to unless told.
    var mode: Mode?
    /// Whether the uploader makes a bond anew that is missing or that the strap has lost.
    var renewBond: Bool?
    var destinations: [DestinationSection]

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, address, adapter, mode, destinations
        case deviceName = "device_name"
        case renewBond = "renew_bond"
    }

    static var sections: [CodingKeys: any ConfigurationSection.Type] { [.destinations: DestinationSection.self] }
}
