import Synchronization

/// A number of places for each holder: for example the open streams of a token, or its incoming bodies.
final class Places<Holder: Hashable & Sendable>: Sendable {
    /// One place. It is free again after ``leave()``, or when the object is released.
    final class Place: Sendable {
        private let places: Places
        private let holder: Holder
        private let isLeft = Atomic(false)

        fileprivate init(_ holder: Holder, of places: Places) {
            self.holder = holder
            self.places = places
        }

        deinit { leave() }

        /// Frees the place. A second call does nothing.
        func leave() {
            guard !isLeft.exchange(true, ordering: .relaxed) else { return }
            places.left(holder)
        }
    }

    private let limit: Int
    private let taken = Mutex<[Holder: Int]>([:])

    /// `limit` is 0 for no limit.
    init(limit: Int) {
        self.limit = limit
    }

    /// Nil if the holder has no free place.
    func take(_ holder: Holder) -> Place? {
        let isFree = taken.withLock { taken in
            guard limit == 0 || taken[holder, default: 0] < limit else { return false }
            taken[holder, default: 0] += 1
            return true
        }
        return isFree ? Place(holder, of: self) : nil
    }

    func isFull(_ holder: Holder) -> Bool {
        limit > 0 && taken.withLock { $0[holder, default: 0] } >= limit
    }

    private func left(_ holder: Holder) {
        taken.withLock { taken in
            guard let count = taken[holder] else { return }
            taken[holder] = count > 1 ? count - 1 : nil
        }
    }
}
