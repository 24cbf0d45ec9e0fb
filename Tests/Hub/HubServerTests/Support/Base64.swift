import FoundationEssentials

enum Base64 {
    static func text(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
