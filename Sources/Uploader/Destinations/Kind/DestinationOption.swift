import TextFormats
import WebClient

/// A key of the configuration that one kind of destination or output has.
package struct DestinationOption: Sendable, Equatable {
    /// Which values the key takes.
    package enum Form: Sendable, Equatable {
        case text
        /// The address of a service.
        case address
        case integer(ClosedRange<Int>)
        /// A number in the range, or 0 for no limit.
        case limit(ClosedRange<Double>)
        /// true or false.
        case flag
        /// One of a few words.
        case choice([String])
        /// A list of texts, each one of a few words. Nil for any texts.
        case list(of: [String]?)
    }

    package let key: String
    package let form: Form
    package let isRequired: Bool
    /// How `setup` asks for the value. Nil if it does not ask.
    package let prompt: String?

    package init(_ key: String, _ form: Form, isRequired: Bool = false, prompt: String? = nil) {
        self.key = key
        self.form = form
        self.isRequired = isRequired
        self.prompt = prompt
    }

    fileprivate var isLimit: Bool {
        if case .limit = form { true } else { false }
    }

    /// Whether YAML has the value without quotation marks: a number, or true or false.
    package var isNumber: Bool {
        switch form {
        case .integer, .limit, .flag: true
        case .text, .address, .choice, .list: false
        }
    }

    /// The value that a text on a command line means; nil if it is none of this form.
    package func value(of text: String) -> OptionValues.Value? {
        switch form {
        case .text, .address, .choice: .text(text)
        case .integer: Int(text).map(OptionValues.Value.integer)
        case .limit: Double(text).map(OptionValues.Value.number)
        case .flag:
            ["yes": true, "true": true, "no": false, "false": false][text].map(OptionValues.Value.flag)
        case .list: .list(text.split { $0 == " " || $0 == "," }.map(String.init))
        }
    }

    /// Why the value cannot be used; nil if it can.
    package func problem(with value: OptionValues.Value) -> String? {
        switch (form, value) {
        case (.text, .text(let text)):
            return isRequired && text.isEmpty ? "`\(key)` is empty" : nil
        case (.address, .text(let text)):
            do throws(ServiceAddressError) {
                _ = try ServiceAddress(text)
                return nil
            } catch {
                return error.description
            }
        case (.integer(let range), .integer(let number)):
            return range.contains(number)
                ? nil : "`\(key)` must be from \(range.lowerBound) to \(range.upperBound)"
        case (.limit(let range), .number(let number)):
            return number == 0 || range.contains(number)
                ? nil
                : "`\(key)` must be from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound)), or 0 "
                    + "for no limit"
        case (.flag, .flag), (.list(of: nil), .list):
            return nil
        case (.choice(let words), .text(let word)):
            return Self.problem(with: [word], of: key, words)
        case (.list(of: let words?), .list(let items)):
            return Self.problem(with: items, of: key, words)
        default:
            return "`\(key)` has a value of another kind"
        }
    }

    private static func problem(with items: [String], of key: String, _ words: [String]) -> String? {
        items.first { !words.contains($0) }.map {
            "`\(key)`: `\($0.printable())` is not one of: \(words.joined(separator: ", "))"
        }
    }

    /// A whole number without a fraction.
    private static func text(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
}

extension [DestinationOption] {
    /// Every mistake in the values of these options, in their order. `title` names the kind that has them.
    package func mistakes(in values: OptionValues, of title: String) -> [OptionMistake] {
        compactMap { option in
            guard let value = values[option.key] else {
                return option.isRequired ? OptionMistake(key: nil, message: "\(title) needs the `\(option.key)`") : nil
            }
            return option.problem(with: value).map { OptionMistake(key: option.key, message: $0) }
        }
    }

    /// Every mistake, with those that only `further` finds in the other values, one after the other.
    package func mistakes(
        in values: OptionValues, of title: String, further: (OptionValues) -> OptionMistake?
    ) -> [OptionMistake] {
        var found = mistakes(in: values, of: title)
        var rest = values
        for key in found.compactMap(\.key) { rest[key] = nil }
        guard !found.contains(where: { $0.key == nil }) else { return found }
        while let mistake = further(rest) {
            // Without a wrong value, the others may lack it.
            let isThere = mistake.key.map { rest[$0] != nil } ?? false
            if isThere || found.isEmpty { found.append(mistake) }
            guard isThere, let key = mistake.key else { break }
            rest[key] = nil
        }
        return found
    }
}

/// A mistake in the options of a destination.
package struct OptionMistake: Error, Sendable, Equatable {
    /// The key with the wrong value. Nil if a key is missing.
    package let key: String?
    package let message: String

    package init(key: String?, message: String) {
        self.key = key
        self.message = message
    }
}

/// The values of options, by key.
package struct OptionValues: Sendable, Hashable {
    package enum Value: Sendable, Hashable {
        case text(String)
        case integer(Int)
        case number(Double)
        case flag(Bool)
        case list([String])
    }

    private var values: [String: Value]

    package init(_ values: [String: Value] = [:]) {
        self.values = values
    }

    /// Decodes the values of those `options` that are there; all other keys are left alone.
    /// - Throws: `DecodingError` for a value of another kind.
    package init(from decoder: any Decoder, _ options: [DestinationOption]) throws {
        let container = try decoder.container(keyedBy: OptionKey.self)
        values = [:]
        for option in options {
            let key = OptionKey(option.key)
            values[option.key] =
                switch option.form {
                case .text, .address, .choice: try container.decodeIfPresent(String.self, forKey: key).map(Value.text)
                case .integer: try container.decodeIfPresent(Int.self, forKey: key).map(Value.integer)
                case .limit: try container.decodeIfPresent(Double.self, forKey: key).map(Value.number)
                case .flag: try container.decodeIfPresent(Bool.self, forKey: key).map(Value.flag)
                // A list of one item is often written as the item.
                case .list:
                    try (try? container.decodeIfPresent(String.self, forKey: key)).flatMap(\.self).map { .list([$0]) }
                        ?? container.decodeIfPresent([String].self, forKey: key).map(Value.list)
                }
        }
    }

    /// The keys of these `options` that are there, whatever their values.
    package static func keys(in decoder: any Decoder, of options: [DestinationOption]) throws -> [String] {
        let container = try decoder.container(keyedBy: OptionKey.self)
        return options.map(\.key).filter { container.contains(OptionKey($0)) }
    }

    package var keys: [String] { Array(values.keys) }

    /// The values that destinations share. A limit is of each destination alone.
    package func shared(_ options: [DestinationOption]) -> OptionValues {
        OptionValues(values.filter { key, _ in !options.contains { $0.key == key && $0.isLimit } })
    }

    package subscript(key: String) -> Value? {
        get { values[key] }
        set { values[key] = newValue }
    }

    package func text(_ key: String) -> String? {
        if case .text(let text) = values[key] { text } else { nil }
    }

    package func integer(_ key: String) -> Int? {
        if case .integer(let number) = values[key] { number } else { nil }
    }

    package func number(_ key: String) -> Double? {
        if case .number(let number) = values[key] { number } else { nil }
    }

    package func flag(_ key: String) -> Bool? {
        if case .flag(let isOn) = values[key] { isOn } else { nil }
    }

    package func list(_ key: String) -> [String]? {
        if case .list(let items) = values[key] { items } else { nil }
    }
}

/// A key of a mapping, whatever its name.
private struct OptionKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) {
        stringValue = name
    }

    init?(stringValue: String) {
        self.init(stringValue)
    }

    init?(intValue: Int) {
        nil
    }
}
