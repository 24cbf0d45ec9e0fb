extension StringProtocol {
    /// This text in one line that is safe in a log, a terminal, the journal and a page.
    ///
    /// Text from outside (the air, the bus, a service, a file, an administrator) can move a terminal's cursor, forge a line of
    /// a log, or show itself in another order than it is stored in. What can do that becomes a space: control characters (C0,
    /// C1, DEL), format characters (bidirectional marks, zero-width characters, tags), line and paragraph separators,
    /// private-use and unassigned code points. Spaces at both ends are removed, several in a row become one.
    ///
    /// - Parameter limit: the number of Unicode scalars that are looked at. A "character" has no limit: one letter can carry
    ///   thousands of combining marks.
    /// - Returns: one line, perhaps empty.
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

    /// Whether `printable()` would change nothing: for text that is refused, rather than cleaned, when it is unsafe.
    package func isPrintable(scalars limit: Int = 200) -> Bool {
        unicodeScalars.count <= limit && String(self) == printable(scalars: limit)
    }
}

extension StringProtocol {
    /// This text with its line breaks and spaces as they are, and a space in the place of all else that is not safe to show.
    ///
    /// The second wall, for text that a program has put together from parts that are clean already.
    package func printableLines() -> String {
        guard !unicodeScalars.allSatisfy({ $0 == "\n" || $0.isPrintable }) else { return String(self) }
        var lines = String.UnicodeScalarView()
        for scalar in unicodeScalars { lines.append(scalar == "\n" || scalar.isPrintable ? scalar : " ") }
        return String(lines)
    }

    /// This JSON text, with an escape (`\u202e`) in the place of each scalar that is not safe to show.
    ///
    /// JSON's encoder escapes C0 control characters alone. Outside of its strings JSON is ASCII, so whatever else is not safe
    /// stands in a string, where the escape means the same.
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
    /// Whether the scalar shows itself where it stands, and does nothing else (Unicode Standard, section 4.5).
    fileprivate var isPrintable: Bool {
        if isASCII { return value >= 0x20 && value != 0x7f }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse: false
        default: true
        }
    }
}
