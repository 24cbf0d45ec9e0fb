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
        return String(decoding: ForeignText.utf8(Array(data)), as: UTF8.self)
    }

    /// With `mayLackStraps` of a file that is to get its first one.
    package static func parse(
        _ yaml: String, path: String, mayLackStraps: Bool = false,
        home: String = ProcessInfo.processInfo.environment["HOME"] ?? ""
    ) throws(ConfigurationError) -> Configuration {
        var review = ConfigurationReview(path: path, home: home)
        return try review.configuration(in: yaml, mayLackStraps: mayLackStraps)
    }

    private static func obstacle(_ path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return errno == EACCES
                ? "This user may not look into its folder: use sudo."
                : "There is no such file: `strapline setup --config \(path)` makes one."
        }
        if status.st_mode & S_IFMT == S_IFDIR { return "It is a folder: name the file in it." }
        return "This user may not read it: use sudo."
    }
}
