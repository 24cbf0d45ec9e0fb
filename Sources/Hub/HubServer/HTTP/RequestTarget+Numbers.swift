import HTTPTypes

extension RequestTarget {
    /// Times up to the year 10000 in milliseconds, so that sums do not overflow.
    static let times: ClosedRange<Int64> = 0...253_402_300_800_000

    /// The value of a query parameter that is a whole number; nil if it is missing or empty.
    /// - Throws: 400 for anything else.
    func number(_ name: String, in range: ClosedRange<Int64> = RequestTarget.times) throws(HubHTTPError) -> Int64? {
        guard let text = query(name) else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw HubHTTPError(
                .badRequest,
                range == Self.times
                    ? "\(name) must be a whole number"
                    : "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
