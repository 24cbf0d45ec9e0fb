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

extension Unicode.Scalar {
    /// Whether the scalar shows itself where it stands, and does nothing else (Unicode Standard, section 4.5).
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse: false
        default: true
        }
    }
}
