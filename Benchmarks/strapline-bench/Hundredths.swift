extension Double {
    /// With two digits after the point, as the tables show it.
    var hundredths: String {
        let hundredths = Int((self * 100).rounded())
        return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
    }
}
