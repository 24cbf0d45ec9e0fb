import TextFormats
import Yams

/// A key that its section cannot do without. While a file is reviewed, another value stands in for a wrong or missing
/// one.
struct RequiredKey {
    /// A value in place of another one.
    struct Filler {
        let node: Node
        /// Whether it may be another one than the user means.
        let isGuess: Bool
        /// Whether it decides which keys the section has.
        let isKind: Bool
    }

    private enum Form {
        case list, loopbackAddress
        /// Of the strap with this number.
        case name(Int)
        case word([String])
    }

    private let form: Form

    /// Nil for a key that may be left out. `section` is the place of the section.
    init?(_ key: String, of section: ArraySlice<ConfigurationRules.Step>) {
        let names = section.compactMap { if case .key(let name) = $0 { name } else { nil } }
        switch (names, key) {
        case ([], "straps"), (["straps"], "destinations"): form = .list
        case (["straps"], "name"):
            guard case .item(let index)? = section.last else { return nil }
            form = .name(index + 1)
        case (["straps", "destinations"], "service"): form = .word(DestinationSection.Service.allCases.map(\.rawValue))
        case (["outputs"], "kind"): form = .word(OutputSection.Kind.allCases.map(\.rawValue))
        case (["sessions"], "service"): form = .word(SessionDestinationSection.Kind.allCases.map(\.rawValue))
        case (["metrics"], "address"): form = .loopbackAddress
        default: return nil
        }
    }

    /// A misspelt word stands for the one that is meant. `mark` is where the value stands, or should.
    func filler(insteadOf node: Node?, at mark: Mark?) -> Filler {
        func text(_ text: String) -> Node { .scalar(Node.Scalar(text, .implicit, .any, mark)) }
        switch form {
        case .list:
            let list = Node.sequence(Node.Sequence([], .implicit, .any, mark))
            return Filler(node: list, isGuess: true, isKind: false)
        case .name(let number): return Filler(node: text("strap \(number)"), isGuess: true, isKind: false)
        case .loopbackAddress: return Filler(node: text("127.0.0.1:9464"), isGuess: true, isKind: false)
        case .word(let words):
            let meant = node?.string.flatMap { Spelling.suggestion(for: $0, among: words) }
            return Filler(node: text(meant ?? words.first ?? ""), isGuess: meant == nil, isKind: true)
        }
    }
}
