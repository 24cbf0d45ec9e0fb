/// Things that happened, and a way to wait for them.
public final class Recorder<Element: Sendable>: Sendable {
    private let elements = Watched<[Element]>([])

    public init() {}

    public var all: [Element] { elements.value }

    /// Appends and returns the place.
    @discardableResult
    public func append(_ element: Element) -> Int {
        elements.change {
            $0.append(element)
            return $0.count - 1
        }
    }

    /// Returns when the condition holds, or the task is cancelled.
    public func until(_ condition: @escaping @Sendable ([Element]) -> Bool) async {
        await elements.until(condition)
    }
}
