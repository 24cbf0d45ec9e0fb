/// What the doctor has to say about one thing.
package struct Finding: Sendable, Equatable {
    package enum Level: String, Encodable {
        case ok
        /// Good to know when something else is wrong.
        case info
        /// It works, or only the user knows whether it should. Check it.
        case warning
        /// Readings do not arrive until this is fixed.
        case problem
    }

    /// The checks, in names that do not change.
    package enum Check: String, Encodable, CaseIterable {
        case bus, bluetoothd
        case bluezVersion = "bluez-version"
        case adapter
        case lowEnergy = "low-energy"
        case power, rfkill, links
        case connectionInterval = "connection-interval"
        case antenna, clock, configuration, strap, signal, token, service, output, outbox, disk
    }

    package let check: Check
    let level: Level
    package let sentence: String
    /// The command or step that fixes it; nil if there is nothing to do.
    package let remedy: String?

    package init(_ check: Check, _ level: Level, _ sentence: String, remedy: String? = nil) {
        self.check = check
        self.level = level
        self.sentence = sentence
        self.remedy = remedy
    }
}

extension Finding: Encodable {
    private enum CodingKeys: String, CodingKey {
        case check, level, sentence
        case remedy = "mend"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(check, forKey: .check)
        try container.encode(level, forKey: .level)
        try container.encode(sentence, forKey: .sentence)
        // An explicit null: each finding has the same keys.
        try container.encode(remedy, forKey: .remedy)
    }
}
