import CCurl

/// libcurl's easy handle: one request and its answer. Used for one request after the other.
final class CurlTransfer {
    /// Requests and answers are some hundred bytes. libcurl would take 16 KiB and 64 KiB, of each of the many transfers
    /// that wait for a connection when many straps catch up at once.
    private static let receiveBufferBytes = 4 * 1024
    /// The least that libcurl takes.
    private static let sendBufferBytes = 16 * 1024

    let handle: UnsafeMutableRawPointer
    private let responseLimitBytes: Int
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var head: [UInt8] = []
    private var content: [UInt8] = []
    private var isTooLarge = false

    init(_ limits: WebClientLimits, _ route: CurlRoute) {
        guard let handle = curl_easy_init() else { preconditionFailure("out of memory") }
        self.handle = handle
        responseLimitBytes = limits.responseBytes
        set(CURLOPT_NOSIGNAL, 1)
        // A constant is an enumerator or a macro, and so an Int or an Int32, as the version of libcurl has it.
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_USERAGENT, WebClient.userAgent)
        set(CURLOPT_CONNECTTIMEOUT_MS, limits.connectTimeout.wholeMilliseconds)
        set(CURLOPT_TIMEOUT_MS, limits.totalTimeout.wholeMilliseconds)
        set(CURLOPT_LOW_SPEED_LIMIT, 1)
        set(CURLOPT_LOW_SPEED_TIME, Int(limits.silenceTimeout.components.seconds))
        set(CURLOPT_MAXAGE_CONN, Int(limits.idleTimeout.components.seconds))
        // Compression is not asked for, and read where a server compresses all the same: all that this libcurl can.
        set(CURLOPT_ACCEPT_ENCODING, "")
        set(CURLOPT_BUFFERSIZE, Self.receiveBufferBytes)
        set(CURLOPT_UPLOAD_BUFFERSIZE, Self.sendBufferBytes)
        route.apply(to: handle)
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        _ = ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = ccurl_set_write_function(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            CurlTransfer.from(context)?.takeHead(bytes, size * count) ?? 0
        }
        _ = ccurl_set_write_function(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            CurlTransfer.from(context)?.takeContent(bytes, size * count) ?? 0
        }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headers)
    }

    /// Makes it ready for a request.
    func prepare(_ endpoint: RequestTemplate, headers: [(String, String)], body bytes: [UInt8]) {
        (head, content, isTooLarge) = ([], [], false)
        curl_slist_free_all(self.headers)
        self.headers = nil
        // In libcurl's language: send no such header.
        add("Accept-Encoding:")
        for line in endpoint.headerLines { add(line) }
        for (name, value) in headers { add("\(name): \(value)") }
        _ = ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, self.headers)
        set(CURLOPT_URL, endpoint.url)
        // From the request before.
        _ = ccurl_set_pointer(handle, CURLOPT_CUSTOMREQUEST, nil)
        switch endpoint.method {
        case .get: set(CURLOPT_HTTPGET, 1)
        case .send: setBody(bytes)
        case .put:
            setBody(bytes)
            set(CURLOPT_CUSTOMREQUEST, "PUT")
        }
    }

    private func setBody(_ bytes: [UInt8]) {
        set(CURLOPT_POST, 1)
        _ = ccurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
        // libcurl copies as many bytes as the size says. For none it still needs a pointer.
        (bytes.isEmpty ? [0] : bytes).withUnsafeBytes { bytes in
            _ = ccurl_set_string(
                handle, CURLOPT_COPYPOSTFIELDS, bytes.assumingMemoryBound(to: CChar.self).baseAddress)
        }
    }

    /// Whether bytes of the request were sent, so that the server may have processed it.
    var isOnItsWay: Bool { number(CURLINFO_REQUEST_SIZE) > 0 }

    /// The answer, or why there is none.
    func result(_ code: CURLcode, service: ServiceAddress) throws(WebError) -> WebResponse {
        let status = number(CURLINFO_RESPONSE_CODE)
        guard code == CURLE_OK, status >= 100 else {
            throw WebError(
                code, systemError: Int32(truncatingIfNeeded: number(CURLINFO_OS_ERRNO)), service: service,
                isTooLarge: isTooLarge, encoding: encoding, proxyStatus: number(CURLINFO_HTTP_CONNECTCODE),
                mayHaveArrived: isOnItsWay)
        }
        return WebResponse(status: status, head: head, body: content)
    }

    /// In which form the answer came, where that is one that this libcurl cannot read.
    private var encoding: String? {
        WebResponse(status: 0, head: head, body: []).header("Content-Encoding")
    }

    // MARK: Answer

    /// A line of a head. That of an interim answer (RFC 9110, section 15.2) is replaced by the next.
    private func takeHead(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        let line = UnsafeRawBufferPointer(start: bytes, count: count)
        if line.starts(with: Array("HTTP/".utf8)) { head = [] }
        return append(line, to: &head)
    }

    /// The decompressed bytes count, so that a small answer cannot become a large one.
    private func takeContent(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        append(UnsafeRawBufferPointer(start: bytes, count: count), to: &content)
    }

    /// Another count than that of the bytes ends the transfer.
    private func append(_ bytes: UnsafeRawBufferPointer, to target: inout [UInt8]) -> Int {
        isTooLarge = target.count + bytes.count > responseLimitBytes
        if isTooLarge { return 0 }
        target.append(contentsOf: bytes)
        return bytes.count
    }

    // MARK: Options

    private func set(_ option: CURLoption, _ value: Int) {
        let code = ccurl_set_long(handle, option, value)
        precondition(code == CURLE_OK, "libcurl does not know the option \(option.rawValue)")
    }

    private func set(_ option: CURLoption, _ value: String) {
        let code = ccurl_set_string(handle, option, value)
        precondition(code == CURLE_OK, "libcurl does not take \(value) for the option \(option.rawValue)")
    }

    private func add(_ line: String) {
        headers = curl_slist_append(headers, line) ?? headers
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_get_long(handle, info, &value) == CURLE_OK ? value : 0
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}
