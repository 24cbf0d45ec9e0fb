import WebClient

extension ConfigurationRules {
    static func networkMistake(in network: NetworkSection?) -> Mistake? {
        guard let network else { return nil }
        if network.proxyLoginFile != nil, network.proxyLoginEnvironment != nil {
            return mistake("proxy_login_file", "give `proxy_login_file` or `proxy_login_environment`, not both")
        }
        guard let proxy = network.proxy else {
            let needless = [
                ("proxy_login_file", network.proxyLoginFile),
                ("proxy_login_environment", network.proxyLoginEnvironment),
                ("no_proxy", network.noProxy?.first),
            ].first { $0.1 != nil }
            return needless.map { mistake($0.0, "`\($0.0)` is of no use without a `proxy`") }
        }
        do throws(ServiceAddressError) {
            _ = try ProxyAddress(proxy)
            return nil
        } catch {
            return mistake("proxy", error.description)
        }
    }
}
