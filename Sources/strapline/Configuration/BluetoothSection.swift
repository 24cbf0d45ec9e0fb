struct BluetoothSection: ConfigurationSection {
    /// The address of the adapter to use; any that is there unless told.
    var adapter: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case adapter
    }
}
