/// A strap: how it is found, and where its readings go.
package struct StrapSection: ConfigurationSection {
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
    /// Whether it is connected to, or only heard: what Polar straps tell everybody. Connected to unless told.
    package var mode: Mode?
    /// Whether the uploader makes a bond anew that is missing or that the strap has lost.
    var renewBond: Bool?
    package var destinations: [DestinationSection]

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, address, adapter, mode, destinations
        case deviceName = "device_name"
        case renewBond = "renew_bond"
    }

    static var sections: [CodingKeys: any ConfigurationSection.Type] { [.destinations: DestinationSection.self] }
}
