import CCurl

/// ``NetworkSettings`` as libcurl's options, for all transfers of a client.
struct CurlRoute: Sendable {
    private let settings: NetworkSettings
    private let certificates: [UInt8]

    init(_ settings: NetworkSettings) {
        self.settings = settings
        certificates = settings.certificates?.withSystemBundle ?? []
    }

    func apply(to handle: UnsafeMutableRawPointer) {
        // A token goes where the configuration says and nowhere else: not to a proxy that the environment names.
        set(handle, CURLOPT_PROXY, settings.proxy?.address.description ?? "")
        set(handle, CURLOPT_NOPROXY, settings.proxy?.exceptions.joined(separator: ",") ?? "")
        if let login = settings.proxy?.login {
            set(handle, CURLOPT_PROXYUSERNAME, login.user)
            set(handle, CURLOPT_PROXYPASSWORD, login.password)
        }
        // What a proxy says before the tunnel stands is no answer of the service.
        check(ccurl_set_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1))
        check(ccurl_set_long(handle, CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)))
        if let folder = settings.systemCertificateFolder { set(handle, CURLOPT_CAPATH, folder) }
        guard !certificates.isEmpty else { return }
        certificates.withUnsafeBytes { bytes in
            check(ccurl_set_blob(handle, CURLOPT_CAINFO_BLOB, bytes.baseAddress, bytes.count))
            check(ccurl_set_blob(handle, CURLOPT_PROXY_CAINFO_BLOB, bytes.baseAddress, bytes.count))
        }
    }

    private func set(_ handle: UnsafeMutableRawPointer, _ option: CURLoption, _ value: String) {
        check(ccurl_set_string(handle, option, value))
    }

    private func check(_ code: CURLcode) {
        precondition(code == CURLE_OK, "libcurl does not take an option of the network: \(code.rawValue)")
    }
}
