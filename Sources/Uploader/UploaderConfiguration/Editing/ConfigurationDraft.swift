package import BlueZ
import Files
import FoundationEssentials

/// A configuration file that is about to get one more strap or output.
package struct ConfigurationDraft {
    package let path: String
    /// The folder of the file, from the root.
    package let folder: String
    private let text: String
    private let straps: [StrapSection]
    package let outputNames: Set<String>
    package let sessionDestinationNames: Set<String>

    /// Reads the file. A missing file, or one without a strap, is started; a file with a mistake is not
    /// touched.
    package init(extending path: String) throws(ConfigurationError) {
        self.path = path
        folder = URL(filePath: path).deletingLastPathComponent().standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: path) else {
            text = ""
            straps = []
            outputNames = []
            sessionDestinationNames = []
            return
        }
        let text = try ConfigurationFile.text(of: path)
        guard let data = FileManager.default.contents(atPath: path), String(data: data, encoding: .utf8) != nil else {
            throw ConfigurationError(
                path: path, line: nil, message: "is not saved as UTF-8, and only such a file can be extended")
        }
        self.text = text
        let configuration =
            Self.isBlank(text) ? nil : try ConfigurationFile.parse(text, path: path, mayLackStraps: true)
        straps = configuration?.straps ?? []
        outputNames = Set(configuration?.outputs?.map(\.outputName) ?? [])
        sessionDestinationNames = Set(configuration?.sessions?.map(\.destinationName) ?? [])
    }

    package var names: Set<String> { Set(straps.map(\.name)) }

    /// The hub to which the last strap's readings go; nil if they go elsewhere. The next strap usually follows.
    package var hubAddress: String? {
        straps.last?.destinations.last { $0.isHub }?.address
    }

    /// The name of the strap with this address, where the file has it.
    package func name(of address: BluetoothAddress) -> String? {
        straps.first { $0.address.flatMap(BluetoothAddress.init) == address }?.name
    }

    /// The name of the strap with this identity, where the file has it.
    package func name(of identity: StableIdentity) -> String? {
        switch identity {
        case .address(let address): name(of: address)
        case .deviceName(let name): straps.first { $0.deviceName == name }?.name
        }
    }

    /// The name of the strap that is this device, where the file has it.
    package func name(of device: NearbyDevice) -> String? {
        name(of: device.address) ?? device.ownName.flatMap { name in straps.first { $0.deviceName == name }?.name }
    }

    package func write(adding entry: some ConfigurationEntry) throws {
        try FileReplacement.replace(path, with: try text(adding: entry))
    }

    /// The whole file with one more entry.
    package func text(adding entry: some ConfigurationEntry) throws(ConfigurationError) -> String {
        try ConfigurationExtension.adding(entry, to: text, path: path)
    }

    package static func exists(at path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// What the file says; nil where it holds nothing but comments.
    package static func configuration(at path: String) throws(ConfigurationError) -> Configuration? {
        let text = try ConfigurationFile.text(of: path)
        return isBlank(text) ? nil : try ConfigurationFile.parse(text, path: path, mayLackStraps: true)
    }

    private static func isBlank(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).allSatisfy { line in
            line.first { !$0.isWhitespace }.map { $0 == "#" } ?? true
        }
    }
}
