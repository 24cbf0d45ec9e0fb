/// What an ``ObjectMirror`` keeps of an interface's properties; the rest is skipped without being decoded.
///
/// ```swift
/// KeptProperties(["Name", "Connected"], readingPartly: ["ManufacturerData": { reader in … }])
/// ```
public struct KeptProperties: Sendable {
    /// Reads the one value in a property's variant.
    public typealias Reader = @Sendable (inout MessageReader) throws(BusError) -> BusValue

    /// By property; nil reads the whole value.
    private let readers: [String: Reader?]

    /// - Parameters:
    ///   - names: properties that are kept as they are.
    ///   - partly: properties of which a reader keeps what it returns.
    public init(_ names: [String], readingPartly partly: [String: Reader] = [:]) {
        var readers: [String: Reader?] = partly.mapValues { .some($0) }
        for name in names { readers[name] = .some(nil) }
        self.readers = readers
    }

    func keeps(_ name: String) -> Bool { readers[name] != nil }

    /// Reads the value of a property out of its variant; nil, and skipped, where it is not kept.
    func read(_ name: String, from entry: inout MessageReader) throws(BusError) -> BusValue? {
        guard let reader = readers[name] else { return nil }
        return try entry.readVariant { (inner) throws(BusError) in
            if let reader { return try reader(&inner) }
            return try inner.readValue()
        }
    }
}

extension MessageReader {
    /// Reads an `a{sv}`, values out of their variants; of those that are not kept, nothing.
    mutating func readProperties(keeping kept: KeptProperties?) throws(BusError) -> [String: BusValue] {
        guard let kept else { return try readProperties() }
        var properties: [String: BusValue] = [:]
        try readArray { (entries) throws(BusError) in
            try entries.readEntry { (entry) throws(BusError) in
                let name = try entry.readString()
                if let value = try kept.read(name, from: &entry) { properties[name] = value }
            }
        }
        return properties
    }
}
