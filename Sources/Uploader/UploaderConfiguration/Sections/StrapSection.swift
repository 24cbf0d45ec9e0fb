/// A strap: how it is found, and where its readings go.
package struct StrapSection: FixedConfigurationSection {
    package enum Mode: String, ConfigurationChoice {
        case connect, broadcast
    }

    /// The name in logs and in the outbox.
    package var name: String
    /// The Bluetooth address; without it and a device name the first strap found is taken.
    package var address: String?
    /// The name that the strap advertises.
    package var deviceName: String?
    /// The address of the adapter that serves this strap, in place of the one for all.
    package var adapter: String?
    /// Whether to connect, or to receive the broadcast of Polar straps only. Connects by default.
    package var mode: Mode?
    /// Whether the uploader pairs again if the bond is missing or the strap has lost it.
    var renewBond: Bool?
    package var destinations: [DestinationSection]

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, address, adapter, mode, destinations
        case deviceName = "device_name"
        case renewBond = "renew_bond"
    }

    static var sections: [CodingKeys: any ConfigurationSection.Type] { [.destinations: DestinationSection.self] }
}
