import BlueZ
import Destinations
import TextFormats

/// The options of `kind: bluetooth`, with their defaults.
struct BluetoothOutputSettings: Equatable {
    static let adapter = "adapter"
    static let localName = "local_name"

    static let options = [
        DestinationOption(
            adapter, .text, prompt: "The address of the adapter for readers (empty: the first one that can do it):"),
        DestinationOption(localName, .text),
    ]

    /// Nil for the first adapter that can do it.
    let adapter: BluetoothAddress?
    /// Nil for a name made from the strap's.
    let localName: String?

    init(_ options: OptionValues) throws(OptionMistake) {
        let address = options.text(Self.adapter) ?? ""
        adapter = BluetoothAddress(address)
        if !address.isEmpty, adapter == nil {
            throw OptionMistake(
                key: Self.adapter,
                message: "`adapter` must be an address like 00:AA:01:00:00:42: `bluetoothctl list` shows them")
        }
        localName = options.text(Self.localName)
        guard let localName else { return }
        guard (1...HeartRatePeripheral.mostNameBytes).contains(localName.utf8.count), localName.isPrintable() else {
            throw OptionMistake(
                key: Self.localName,
                message: "`local_name` must have from 1 to \(HeartRatePeripheral.mostNameBytes) bytes, all printable: "
                    + "an advertisement has no room for more")
        }
    }

    /// The advertised name: by default that of the program and the strap.
    func name(for strap: String) -> String {
        if let localName { return localName }
        var name = "Strapline " + strap.printable()
        while name.utf8.count > HeartRatePeripheral.mostNameBytes { name.removeLast() }
        return name.printable()
    }
}
