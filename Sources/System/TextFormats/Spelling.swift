/// Finds the known word that a misspelt one may stand for.
package enum Spelling {
    /// The known word that is spelt most alike; nil if none is close enough to suggest it.
    package static func suggestion(for word: String, among known: [String]) -> String? {
        let typed = word.lowercased()
        guard let nearest = nearest(to: typed, among: known) else { return nil }
        if distance(typed, nearest.lowercased()) <= max(1, min(3, typed.count / 3)) { return nearest }
        // "config" for "config-file", "outbox-list" for "outbox".
        return known.first { typed.count >= 3 && ($0.hasPrefix(typed) || typed.hasPrefix($0) && $0.count >= 3) }
    }

    /// The known word that is spelt most alike, however different it is.
    package static func nearest(to word: String, among known: [String]) -> String? {
        known.min { distance(word.lowercased(), $0.lowercased()) < distance(word.lowercased(), $1.lowercased()) }
    }

    /// How many letters have to be added, removed, replaced or swapped with their neighbour to make one word the other
    /// (the distance of Damerau and Levenshtein).
    package static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var (before, row) = ([Int](), Array(0...right.count))
        for i in left.indices {
            var next = [i + 1]
            for j in right.indices {
                var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, before[j - 1] + 1)
                }
                next.append(cost)
            }
            (before, row) = (row, next)
        }
        return row[right.count]
    }
}
