import FoundationEssentials

/// Small files of the kernel and of the system, all below a root that a test can replace.
struct SystemFiles: Sendable {
    /// Empty for the machine's own.
    var root = ""

    func path(_ path: String) -> String { root + path }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + path) }

    /// The text without white space and zeros around it; nil when there is no such file, or this user may not read it.
    func text(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: root + path) else { return nil }
        let isBlank = { (byte: UInt8) in byte <= 32 }
        return String(decoding: data.drop(while: isBlank).reversed().drop(while: isBlank).reversed(), as: UTF8.self)
    }

    /// The names in a folder, sorted; empty if there is no such folder.
    func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root + folder)) ?? []).sorted()
    }

    /// Where a symbolic link leads.
    func link(_ path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: root + path)
    }
}
