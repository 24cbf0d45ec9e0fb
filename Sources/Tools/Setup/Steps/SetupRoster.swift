import BlueZ
import Console
import FoundationEssentials
import HubAPI
import TextFormats
import UploaderConfiguration

/// The straps of a roster: a spreadsheet with people, which the hub's `roster import` reads too.
struct SetupRoster {
    private typealias Row = (line: Int, strap: NamedStrap)

    private(set) var straps: [NamedStrap] = []
    /// The people without a strap.
    private(set) var others: [String] = []
    /// Lines that cannot be used, each as `class.csv:3: …`. The other lines can.
    let mistakes: [String]

    /// - Parameters:
    ///   - file: the path of the CSV file.
    ///   - tokens: the folder of the tokens, which `roster import --tokens` has written.
    /// - Throws: ``SetupError`` if the file cannot be read.
    init(file: String, tokens: String) throws(SetupError) {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw SetupError(description: "\(file) cannot be read: is the path right?", code: .noInput)
        }
        let roster = Roster(ForeignText.utf8(Array(data)))
        var mistakes = roster.mistakes
        // The uploader may be started in another folder.
        let folder = URL(filePath: tokens).standardizedFileURL.path
        let files = Roster.tokenFiles(for: roster.lines.map(\.entry.name))
        var rows: [Row] = []
        for (line, tokenFile) in zip(roster.lines, files) where !mistakes.contains(where: { $0.line == line.number }) {
            guard let text = line.entry.strap else {
                others.append(line.entry.name)
                continue
            }
            if let identity = Self.identity(text) {
                let strap = NamedStrap(name: line.entry.name, identity: identity, tokenFile: "\(folder)/\(tokenFile)")
                rows.append((line.number, strap))
            } else {
                mistakes.append(
                    .init(line: line.number, text: "\(text) is no Bluetooth address like C4:11:22:33:44:55"))
            }
        }
        for (place, row) in rows.enumerated() {
            guard let other = Self.other(of: place, in: rows) else {
                straps.append(row.strap)
                continue
            }
            let text = "\(row.strap.name) has the same strap as \(other.strap.name) in line \(other.line)"
            mistakes.append(.init(line: row.line, text: text))
        }
        if mistakes.isEmpty, straps.isEmpty {
            mistakes.append(.init(line: 1, text: "no line has a strap: add a column `strap`"))
        }
        self.mistakes = mistakes.sorted { $0.line < $1.line }.map { "\(file):\($0.line): \($0.text)" }
    }

    /// Another row with the same strap. Which one is right is for the user to say.
    private static func other(of place: Int, in rows: [Row]) -> Row? {
        let identity = rows[place].strap.identity
        return rows.enumerated().first { $0.offset != place && $0.element.strap.identity == identity }?.element
    }

    /// An address, else a device name. A name has no colons: that is an address with a mistake.
    private static func identity(_ text: String) -> StableIdentity? {
        if let address = BluetoothAddress(text) { return .address(address) }
        return text.contains(":") ? nil : .deviceName(text)
    }
}
