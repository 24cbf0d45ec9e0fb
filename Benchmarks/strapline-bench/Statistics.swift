extension Collection where Element: Comparable {
    /// The smallest element that at least `share` (above 0, at most 1) of all elements do not exceed: nearest rank.
    func percentile(_ share: Double) -> Element? {
        let sorted = self.sorted()
        guard !sorted.isEmpty else { return nil }
        let rank = (share * Double(sorted.count)).rounded(.up)
        return sorted[Swift.max(Int(rank), 1) - 1]
    }

    /// The middle element; of an even number the lower of the two in the middle.
    var median: Element? { percentile(0.5) }
}

extension Duration {
    var microseconds: Double {
        Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
    }
}
