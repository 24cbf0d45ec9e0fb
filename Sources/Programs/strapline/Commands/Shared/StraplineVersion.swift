/// The version of the program. The package's changelog has the same.
enum StraplineVersion {
    static let current = "0.1.0"
}
