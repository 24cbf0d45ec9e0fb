/// A certificate or a key that cannot be used.
package struct HubCertificateError: Error, Sendable, CustomStringConvertible {
    /// The problem, with the library's own text, and what to do next.
    package let description: String
}
