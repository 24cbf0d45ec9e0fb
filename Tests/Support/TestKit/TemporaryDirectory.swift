import FoundationEssentials
import Glibc

/// A folder for one test, removed with its content when the last reference goes.
package final class TemporaryDirectory: Sendable {
    /// The folder's absolute path.
    package let path: String

    package init() {
        var template = Array("/tmp/strapline-test-XXXXXX".utf8CString)
        // The pointer is only valid during the call.
        guard mkdtemp(&template) != nil else { preconditionFailure("mkdtemp: \(String(cString: strerror(errno)))") }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    /// The path of `name` inside the folder.
    package func file(_ name: String) -> String { path + "/" + name }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
