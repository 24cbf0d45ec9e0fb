/// How a client gets to its services: directly unless told, and trusting whom the system trusts.
public struct NetworkSettings: Sendable, Equatable {
    /// A proxy that all requests go through, but for those to ``exceptions``.
    public struct Proxy: Sendable, Equatable {
        public var address: ProxyAddress
        /// What it wants to know who asks; shown nowhere.
        public var login: ProxyLogin?
        /// Hosts that are reached directly: names (`hub.example.net`, with all below it), addresses, networks
        /// (`192.168.0.0/16`), or `*`.
        public var exceptions: [String]

        public init(address: ProxyAddress, login: ProxyLogin? = nil, exceptions: [String] = []) {
            self.address = address
            self.login = login
            self.exceptions = exceptions
        }
    }

    public var proxy: Proxy?
    /// Certificates that are trusted beside those of the system.
    public var certificates: ExtraCertificates?
    /// The system's certificates by their hash, where a test brings its own.
    var systemCertificateFolder: String?

    public init(proxy: Proxy? = nil, certificates: ExtraCertificates? = nil) {
        self.proxy = proxy
        self.certificates = certificates
    }
}
