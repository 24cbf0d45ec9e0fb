extension StringProtocol {
    /// This text as one line that is safe in a log, a terminal, the journal and a page.
    ///
    /// Text from outside (the air, the bus, a service, a file, an administrator) can move a terminal's cursor, forge a
    /// line of a log, or change the order in which it is shown. Scalars that can do this become spaces: control
    /// characters (C0, C1, DEL), format characters (bidirectional marks, zero-width characters, tags), line and
    /// paragraph separators, private-use and unassigned code points. Spaces at both ends are removed, and several in a
    /// row become one.
    ///
    /// - Parameter limit: the number of Unicode scalars that are read. One "character" can have thousands of combining
    ///   marks.
    /// - Returns: one line, which may be empty.
    package func printable(scalars limit: Int = 200) -> String {
        var line = String.UnicodeScalarView()
        var isSpacePending = false
        for scalar in unicodeScalars.prefix(limit) {
            if scalar == " " || !scalar.isPrintable {
                isSpacePending = !line.isEmpty
                continue
            }
            if isSpacePending { line.append(" ") }
            isSpacePending = false
            line.append(scalar)
        }
        return String(line)
    }

    /// Whether `printable()` changes nothing. Use it to reject unsafe text instead of cleaning it.
    package func isPrintable(scalars limit: Int = 200) -> Bool {
        unicodeScalars.count <= limit && String(self) == printable(scalars: limit)
    }
}

extension StringProtocol {
    /// This text with its line breaks and spaces, and a space instead of each other scalar that is not safe to show.
    ///
    /// A second check of text that a program has made from clean parts.
    package func printableLines() -> String {
        guard !unicodeScalars.allSatisfy({ $0 == "\n" || $0.isPrintable }) else { return String(self) }
        var lines = String.UnicodeScalarView()
        for scalar in unicodeScalars { lines.append(scalar == "\n" || scalar.isPrintable ? scalar : " ") }
        return String(lines)
    }

    /// This JSON text with an escape (`\u202e`) instead of each scalar that is not safe to show.
    ///
    /// JSON's encoder escapes only C0 control characters. JSON is ASCII outside of its strings, so other unsafe scalars
    /// are in strings, where the escape has the same meaning.
    package func jsonWithoutControls() -> String {
        guard !unicodeScalars.allSatisfy({ $0 == "\n" || $0.isPrintable }) else { return String(self) }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar == "\n" || scalar.isPrintable {
                text.append(scalar)
            } else {
                for unit in String(scalar).utf16 { text.append(contentsOf: Self.escape(unit).unicodeScalars) }
            }
        }
        return String(text)
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension Unicode.Scalar {
    /// Whether the scalar is shown at its place and has no other effect (Unicode Standard, section 4.5).
    fileprivate var isPrintable: Bool {
        if isASCII { return value >= 0x20 && value != 0x7f }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse: false
        default: true
        }
    }
}
