/// Why a certificate and its key cannot be used.
public struct HubCertificateError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what to do next, in the words of the library.
    public let description: String
}
