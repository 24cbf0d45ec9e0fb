/// The path of the hub behind a proxy: `/heart` of `https://box.example/heart/`.
package struct PathPrefix: Sendable, Hashable {
    /// Empty, or with a slash before each segment and none at the end.
    package let text: String

    /// Nil for anything but plain segments: a printed address must be unambiguous.
    package init?(_ path: some StringProtocol) {
        var segments = Substring(path).split(separator: "/", omittingEmptySubsequences: false)
        guard segments.removeFirst().isEmpty else { return nil }
        if segments.last?.isEmpty == true { segments.removeLast() }
        guard segments.allSatisfy(Self.isPlain) else { return nil }
        text = segments.map { "/" + $0 }.joined()
    }

    private static func isPlain(_ segment: Substring) -> Bool {
        !segment.isEmpty && segment != "." && segment != ".."
            && segment.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~".contains($0)) }
    }
}
