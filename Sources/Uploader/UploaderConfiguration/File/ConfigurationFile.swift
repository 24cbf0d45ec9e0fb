import Files
import FoundationEssentials
import Glibc
import TextFormats

/// Reads a configuration file. Every mistake is reported with its line.
package enum ConfigurationFile {
    package static func read(_ path: String) throws(ConfigurationError) -> Configuration {
        try parse(text(of: path), path: path)
    }

    /// The text of a file in any encoding that marks itself.
    static func text(of path: String) throws(ConfigurationError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(path: path, line: nil, message: "cannot be read. \(obstacle(path))")
        }
        let bytes = ForeignText.utf8(Array(data))
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let line = lineOfForeignBytes(bytes)
            throw ConfigurationError(
                path: path, line: line, message: "has letters that are not UTF-8: save it as UTF-8")
        }
        return text
    }

    /// With `mayLackStraps` of a file that is to get its first one.
    package static func parse(
        _ yaml: String, path: String, mayLackStraps: Bool = false,
        home: String = HomeFolder.path()
    ) throws(ConfigurationError) -> Configuration {
        var review = ConfigurationReview(path: path, home: home)
        return try review.configuration(in: yaml, mayLackStraps: mayLackStraps)
    }

    /// The first line that is no UTF-8.
    private static func lineOfForeignBytes(_ bytes: [UInt8]) -> Int? {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 }
    }

    /// The path from the root: a printed command may be typed in another folder.
    package static func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }

    private static func obstacle(_ path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return errno == EACCES
                ? "This user may not look into its folder: use sudo."
                : "There is no such file: `strapline setup --config \(absolute(path).quotedForShell)` makes one."
        }
        if status.st_mode & S_IFMT == S_IFDIR { return "It is a folder: name the file in it." }
        if status.st_mode & S_IFMT != S_IFREG { return "It is a device or a pipe: save the text into a file." }
        return "This user may not read it: use sudo."
    }
}
