import ArgumentParser
import BlueZ

/// A strap on the command line: `anna=C4:11:22:33:44:55`.
struct NamedStrap: Equatable, ExpressibleByArgument {
    let name: String
    let address: BluetoothAddress

    init?(argument: String) {
        guard let equals = argument.lastIndex(of: "="), equals > argument.startIndex,
            let address = BluetoothAddress(String(argument[argument.index(after: equals)...]))
        else { return nil }
        name = String(argument[..<equals])
        self.address = address
    }
}
