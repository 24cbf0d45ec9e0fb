import OSC

/// Decides when a text is shown in VRChat's chatbox: on change, at most every two seconds, and again before it fades.
/// Pure: times are microseconds since the machine booted.
///
/// VRChat drops texts that come faster, and mutes their sender (docs.vrchat.com, "OSC as Input Controller").
struct OSCChatbox: Sendable {
    static let address = "/chatbox/input"
    static let shortestGap: Int64 = 2_000_000
    /// A text fades after 20 s, unless the user has chosen another time.
    static let longestGap: Int64 = 15_000_000
    static let mostCharacters = 144
    static let mostLines = 9

    private var text = ""
    private var sent: (text: String, at: Int64)?

    /// The text to show from now on; empty for none.
    mutating func show(_ text: String) {
        self.text = Self.fitting(text)
    }

    /// When ``takeDue(atMicroseconds:)`` has a message, if nothing else happens.
    var nextMicroseconds: Int64 {
        guard let sent else { return text.isEmpty ? .max : .min }
        if sent.text != text { return sent.at + Self.shortestGap }
        return text.isEmpty ? .max : sent.at + Self.longestGap
    }

    /// The message to send now.
    mutating func takeDue(atMicroseconds now: Int64) -> OSCMessage? {
        guard nextMicroseconds <= now else { return nil }
        sent = (text, now)
        return Self.message(text)
    }

    /// Removes the text, for the end of the program. Nil if there is none.
    mutating func takeEnd() -> OSCMessage? {
        defer { self = OSCChatbox() }
        return (sent?.text.isEmpty ?? true) ? nil : Self.message("")
    }

    /// Sent at once, without a notification sound.
    private static func message(_ text: String) -> OSCMessage {
        OSCMessage(address, .string(text), .boolean(true), .boolean(false))
    }

    /// The text within the limits of VRChat, which counts UTF-16 units.
    static func fitting(_ text: String) -> String {
        let lines = text.split(maxSplits: mostLines, omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var units = 0
        let fitting = lines.prefix(mostLines).joined(separator: "\n").prefix { character in
            units += character.utf16.count
            return units <= mostCharacters
        }
        return String(fitting)
    }
}
