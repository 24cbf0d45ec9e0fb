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
    /// May be left out if an output, a place for sessions or the metrics have the strap.
    package var destinations: [DestinationSection]

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, address, adapter, mode, destinations
        case deviceName = "device_name"
        case renewBond = "renew_bond"
    }

    static var sections: [CodingKeys: any ConfigurationSection.Type] { [.destinations: DestinationSection.self] }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        address = try container.decodeIfPresent(String.self, forKey: .address)
        deviceName = try container.decodeIfPresent(String.self, forKey: .deviceName)
        adapter = try container.decodeIfPresent(String.self, forKey: .adapter)
        mode = try container.decodeIfPresent(Mode.self, forKey: .mode)
        renewBond = try container.decodeIfPresent(Bool.self, forKey: .renewBond)
        destinations = try container.decodeIfPresent([DestinationSection].self, forKey: .destinations) ?? []
    }
}
