import TestKit

@testable import strapline

/// A terminal at which a person types what the test says.
final class ScriptedTerminal: Terminal {
    let isInteractive = true
    let rows: Int? = nil
    private let written = Watched("")
    private let typed: Watched<[String]>

    /// After these lines nothing comes any more.
    init(typing lines: String...) {
        typed = Watched(lines)
    }

    var text: String { written.value }

    func write(_ text: String) { written.change { $0 += text } }

    func readSecret(_ prompt: String) -> String? {
        write(prompt)
        return readLine()
    }

    func readLine() -> String? { typed.change { $0.isEmpty ? nil : $0.removeFirst() } }
}
