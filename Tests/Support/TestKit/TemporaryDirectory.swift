import FoundationEssentials
import Glibc

/// A folder of a test's own, removed with all it holds when the last reference goes.
package final class TemporaryDirectory: Sendable {
    /// The folder's absolute path.
    package let path: String

    package init() {
        var template = Array("/tmp/strapline-test-XXXXXX".utf8CString)
        // The pointer that it returns is good for the call alone.
        guard mkdtemp(&template) != nil else { preconditionFailure("mkdtemp: \(String(cString: strerror(errno)))") }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    /// The path of `name` inside the folder.
    package func file(_ name: String) -> String { path + "/" + name }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
