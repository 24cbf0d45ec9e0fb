/// The way to the services, where it is not the direct one.
package struct NetworkSection: FixedConfigurationSection {
    /// `http://`, `https://` or `socks5h://`, host and port; never with a login.
    var proxy: String?
    /// A file with `user:password` for the proxy.
    var proxyLoginFile: String?
    /// The environment variable with `user:password` for the proxy.
    var proxyLoginEnvironment: String?
    /// Hosts that are reached without the proxy.
    var noProxy: [String]?
    /// A file of certificates that are trusted beside those of the system.
    var certificateFile: String?

    package init(
        proxy: String? = nil, proxyLoginFile: String? = nil, proxyLoginEnvironment: String? = nil,
        noProxy: [String]? = nil, certificateFile: String? = nil
    ) {
        self.proxy = proxy
        self.proxyLoginFile = proxyLoginFile
        self.proxyLoginEnvironment = proxyLoginEnvironment
        self.noProxy = noProxy
        self.certificateFile = certificateFile
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case proxy
        case proxyLoginFile = "proxy_login_file"
        case proxyLoginEnvironment = "proxy_login_environment"
        case noProxy = "no_proxy"
        case certificateFile = "ca_file"
    }
}
