import Glibc

/// The environment of this process. It is read one variable at a time, which costs less than a copy of all.
package enum ProcessEnvironment {
    /// nil for a variable that is not set.
    package static func value(of name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
