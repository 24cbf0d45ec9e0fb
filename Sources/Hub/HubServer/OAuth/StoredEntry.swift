import FoundationEssentials

/// A pending code as the text of a row.
enum StoredEntry {
    static func encode(_ entry: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        // Equal entries are equal texts, so that only changed rows are written.
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(entry), as: UTF8.self)
    }

    static func decode<Entry: Decodable>(_ text: String) throws -> Entry {
        try JSONDecoder().decode(Entry.self, from: Data(text.utf8))
    }
}
