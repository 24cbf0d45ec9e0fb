/// What an ``EventThread`` has yet to do, and how it waits for more.
struct WorkQueue<Item> {
    enum Wait {
        /// Not at all: the thread looks for work by itself.
        case no
        /// Until it is woken, or until deferred work is due.
        case untilDeferredWorkIsDue
        case untilWoken
    }

    private var items: [Item] = []
    private var wait = Wait.no
    private var hasEnded = false

    /// Returns whether the thread must be woken for it; nil when it has ended, and nothing is taken any more.
    mutating func append(_ item: Item, canWait: Bool) -> Bool? {
        guard !hasEnded else { return nil }
        items.append(item)
        switch wait {
        case .no: return false
        case .untilDeferredWorkIsDue where canWait: return false
        case .untilDeferredWorkIsDue, .untilWoken:
            wait = .no
            return true
        }
    }

    mutating func takeAll() -> [Item] {
        var taken: [Item] = []
        swap(&taken, &items)
        return taken
    }

    /// How to wait now; nil where the thread was stopped and has nothing left to do: it has ended.
    mutating func beginWait(hasDeferredWork: Bool, isStopped: Bool) -> Wait? {
        if !items.isEmpty { return .no }
        if isStopped {
            hasEnded = true
            return nil
        }
        wait = hasDeferredWork ? .untilDeferredWorkIsDue : .untilWoken
        return wait
    }

    /// Returns whether there is work.
    mutating func endWait() -> Bool {
        wait = .no
        return !items.isEmpty
    }
}
