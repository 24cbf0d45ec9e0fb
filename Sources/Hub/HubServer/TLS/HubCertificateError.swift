/// Why a certificate and its key cannot be used.
package struct HubCertificateError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what to do next, in the words of the library.
    package let description: String
}
