/// What one program wrote to its card while a strap was worn.
struct CardResult: Sendable {
    var name: String
    /// What its device took in each minute.
    var bytesPerMinute: [Int64]

    var bytesPerHour: Double {
        Double(bytesPerMinute.reduce(0, +)) / Double(bytesPerMinute.count) * 60
    }
}
