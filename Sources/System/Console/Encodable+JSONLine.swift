import FoundationEssentials
import TextFormats

extension Encodable {
    /// The value as one line of JSON, with sorted keys and without control characters.
    package func jsonLine() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self).jsonWithoutControls()
    }
}
