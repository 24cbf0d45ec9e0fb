/// How a client reaches its services: directly by default, with the authorities that the system trusts.
package struct NetworkSettings: Sendable, Equatable {
    /// A proxy that all requests go through, but for those to ``exceptions``.
    package struct Proxy: Sendable, Equatable {
        package var address: ProxyAddress
        /// The proxy's login; shown nowhere.
        package var login: ProxyLogin?
        /// Hosts that are reached directly: names (`hub.example.net`, with all below it), addresses, networks
        /// (`192.168.0.0/16`), or `*`.
        package var exceptions: [String]

        package init(address: ProxyAddress, login: ProxyLogin? = nil, exceptions: [String] = []) {
            self.address = address
            self.login = login
            self.exceptions = exceptions
        }
    }

    package var proxy: Proxy?
    /// Certificates that are trusted beside those of the system.
    package var certificates: ExtraCertificates?
    /// The system's certificates by their hash, where a test brings its own.
    var systemCertificateFolder: String?

    package init(proxy: Proxy? = nil, certificates: ExtraCertificates? = nil) {
        self.proxy = proxy
        self.certificates = certificates
    }
}
