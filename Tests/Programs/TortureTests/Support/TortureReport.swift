import FoundationEssentials

/// The results of a run as one row of a table. It is printed, and `make torture` keeps it in `.build/torture/`.
struct TortureReport {
    let test: String
    private(set) var cells: [(name: String, value: String)] = []

    init(_ test: String, seed: UInt64? = nil) {
        self.test = test
        if let seed { add("seed", seed) }
    }

    mutating func add(_ name: String, _ value: some CustomStringConvertible) {
        cells.append((name, value.description))
    }

    /// Kibibytes as megabytes with one decimal.
    mutating func add(_ name: String, kibibytes: Int) {
        add(name, "\(Double(kibibytes * 10 / 1000) / 10) MB")
    }

    func publish() {
        let row = "| " + cells.map(\.value).joined(separator: " | ") + " |\n"
        let head = "| " + cells.map(\.name).joined(separator: " | ") + " |\n"
        print("torture: \(test)\n\(head)\(row)", terminator: "")
        guard Torture.isFull else { return }
        let folder = Torture.folder + "/../../../.build/torture"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/\(test).md"
        let rule = "|" + String(repeating: " --- |", count: cells.count) + "\n"
        let before = (try? String(contentsOfFile: file, encoding: .utf8)) ?? "## \(test)\n\n\(head)\(rule)"
        try? (before + row).write(toFile: file, atomically: true, encoding: .utf8)
    }
}
