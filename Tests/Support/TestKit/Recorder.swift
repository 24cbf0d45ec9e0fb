/// A list of events that a test can wait for.
package final class Recorder<Element: Sendable>: Sendable {
    private let elements = Watched<[Element]>([])

    package init() {}

    package var all: [Element] { elements.value }

    /// Appends and returns the index.
    @discardableResult
    package func append(_ element: Element) -> Int {
        elements.change {
            $0.append(element)
            return $0.count - 1
        }
    }

    /// Returns when the condition holds, or the task is cancelled.
    package func until(_ condition: @escaping @Sendable ([Element]) -> Bool) async {
        await elements.until(condition)
    }
}
