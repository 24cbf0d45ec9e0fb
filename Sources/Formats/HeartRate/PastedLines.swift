/// The packets in lines of a log or a terminal, as people paste them.
package enum PastedLines {
    /// The packets, as texts for ``PastedPacket``. Lines that btmon, bluetoothctl and dbus-monitor write around the
    /// bytes are left out, and a list that takes several lines is put together.
    package static func packets(in lines: [String]) -> [String] {
        let lines = lines.flatMap { $0.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) }
            .map { String(PastedPacket.withoutColours($0)) }
        let written = lines.filter { !$0.allSatisfy(\.isWhitespace) }
        if isOneList(written) { return [written.joined(separator: " ")] }
        let packets = written.filter { !isContext($0) }
        return packets.isEmpty ? lines : PastedPacket.texts(of: packets)
    }

    /// Whether the lines are one list or object of JSON, with line breaks in it.
    private static func isOneList(_ lines: [String]) -> Bool {
        guard let first = lines.first, let last = lines.last, lines.count > 1 else { return false }
        let isOpen = ["[": "]", "{": "}"].contains { opening, closing in
            first.drop(while: \.isWhitespace).hasPrefix(opening) && !first.contains(closing)
        }
        return isOpen && last.contains(/[\]}][\])};,]*\s*$/)
    }

    /// Whether a line of a log says only where the bytes of the next lines come from.
    private static func isContext(_ line: String) -> Bool {
        if line.contains(/(?i)value:\s*$/) { return true }
        if line.contains(/(?i)(?:value|data)(?:\[\d+\])?:\s*\S/) { return false }
        return contexts.contains { line.prefixMatch(of: $0) != nil }
    }

    private static var contexts: [Regex<Substring>] {
        [
            // btmon
            #/\s*[<>@=] (?:ACL|HCI|MGMT|RAW|ISO|SCO|Note|New|Index|Open|Delete|Close)\b/#,
            #/\s+(?:ATT|L2CAP|SMP|Channel|Handle|Type|Length|PSM): /#,
            // dbus-monitor
            #/\s*(?:signal|method call|method return) /#,
            #/\s*(?:(?:variant\s+)?array (?:of bytes )?\[|dict entry\(|variant\s|string "|object path "|[\])])/#,
        ]
    }
}
