/// The properties of an interface that an ``ObjectMirror`` keeps. Others are skipped without decoding.
///
/// ```swift
/// KeptProperties(["Name", "Connected"], readingPartly: ["ManufacturerData": { reader in … }])
/// ```
public struct KeptProperties: Sendable {
    /// Reads the value of a property from its variant.
    public typealias Reader = @Sendable (inout MessageReader) throws(BusError) -> BusValue

    /// By property. Nil reads the whole value.
    private let readers: [String: Reader?]

    /// Keeps some properties.
    ///
    /// - Parameters:
    ///   - names: properties to keep with their whole values.
    ///   - partly: properties to keep with the results of these readers.
    public init(_ names: [String], readingPartly partly: [String: Reader] = [:]) {
        var readers: [String: Reader?] = partly.mapValues { .some($0) }
        for name in names { readers[name] = .some(nil) }
        self.readers = readers
    }

    func keeps(_ name: String) -> Bool { readers[name] != nil }

    /// Reads the value of a property from its variant. Nil for a property that is not kept.
    func read(_ name: String, from entry: inout MessageReader) throws(BusError) -> BusValue? {
        guard let reader = readers[name] else { return nil }
        return try entry.readVariant { (inner) throws(BusError) in
            if let reader { return try reader(&inner) }
            return try inner.readValue()
        }
    }
}

extension MessageReader {
    /// Reads the kept entries of an `a{sv}`, with unwrapped values.
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
