extension Double {
    /// With this many decimals, whatever the language; three at most.
    func text(decimals: Int) -> String {
        let factor = [1, 10, 100, 1000][min(max(decimals, 0), 3)]
        let scaled = Int((abs(self) * Double(factor)).rounded())
        guard factor > 1 else { return (self < 0 && scaled > 0 ? "-" : "") + "\(scaled)" }
        let fraction = "\(scaled % factor)"
        return (self < 0 && scaled > 0 ? "-" : "") + "\(scaled / factor)."
            + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
