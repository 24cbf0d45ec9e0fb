import Console
import TestKit

/// A terminal at which the test types.
package final class ScriptedTerminal: Terminal {
    package let isInteractive = true
    package let rows: Int? = nil
    package let columns: Int?
    private let written = Watched("")
    private let typed: Watched<[String]>

    /// After these lines nothing comes any more.
    package init(columns: Int? = nil, typing lines: String...) {
        self.columns = columns
        typed = Watched(lines)
    }

    package var text: String { written.value }

    package func write(_ text: String) { written.change { $0 += text } }

    package func readSecret(_ prompt: String) -> String? {
        write(prompt)
        return readLine()
    }

    package func readLine() -> String? { typed.change { $0.isEmpty ? nil : $0.removeFirst() } }
}
