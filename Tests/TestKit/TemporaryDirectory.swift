import FoundationEssentials
import Glibc

/// A folder of a test's own, removed with all it holds when the last reference goes.
public final class TemporaryDirectory: Sendable {
    /// The folder's absolute path.
    public let path: String

    public init() {
        var template = Array("/tmp/strapline-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("mkdtemp: \(String(cString: strerror(errno)))") }
        path = String(cString: made)
    }

    /// The path of `name` inside the folder.
    public func file(_ name: String) -> String { path + "/" + name }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
