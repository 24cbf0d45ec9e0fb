/// What matters of `/etc/bluetooth/main.conf`.
struct BluetoothdConfiguration: Sendable, Equatable {
    /// `MaxConnectionInterval` of the section `LE`, in 1.25 ms; nil where the kernel's default holds.
    let maxConnectionInterval: Int?

    init(_ text: String) {
        var section: Substring = ""
        var interval: Int?
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop(while: \.isWhitespace)
            if line.first == "[" {
                section = line.dropFirst().prefix { $0 != "]" }
            } else if section == "LE", let equals = line.firstIndex(of: "=") {
                let key = line[..<equals].prefix { !$0.isWhitespace }
                let value = line[equals...].dropFirst().filter { !$0.isWhitespace }
                if key == "MaxConnectionInterval" { interval = Int(value) }
            }
        }
        maxConnectionInterval = interval
    }
}
