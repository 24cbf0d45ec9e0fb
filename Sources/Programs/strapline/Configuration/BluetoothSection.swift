struct BluetoothSection: ConfigurationSection {
    /// The address of the adapter to use; every one that is on unless told.
    var adapter: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case adapter
    }
}
