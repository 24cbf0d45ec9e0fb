import CCurl
import Glibc
import TextFormats

extension WebError {
    /// Translates libcurl's codes (`libcurl-errors(3)`).
    init(
        _ code: CURLcode, systemError: Int32 = 0, service: ServiceAddress, isTooLarge: Bool = false,
        encoding: String? = nil, proxyStatus: Int = 0, mayHaveArrived: Bool
    ) {
        // A proxy that does not open its tunnel has passed nothing on.
        let isStopped = code != CURLE_OK && proxyStatus != 0 && !(200...299).contains(proxyStatus)
        let known = isStopped ? Code.proxy : Self.code(of: code, systemError, mayHaveArrived)
        let form =
            code == CURLE_BAD_CONTENT_ENCODING ? encoding.map { "; Content-Encoding: \($0.printable())" } ?? "" : ""
        let words = Self.text(of: code, systemError) + form + (isStopped ? "; the proxy answered \(proxyStatus)" : "")
        self.init(
            code: isTooLarge ? .responseTooLarge : known, service: service.shown,
            underlying: isTooLarge ? "" : words, mayHaveArrived: mayHaveArrived && known != .proxy)
    }

    private static func code(of code: CURLcode, _ systemError: Int32, _ isOnItsWay: Bool) -> Code {
        switch code {
        // An answer without a status: it ended within its first line.
        case CURLE_OK, CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            isOnItsWay ? .connectionLost : .unreachable
        case CURLE_COULDNT_RESOLVE_HOST: .nameNotFound
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: .proxy
        case CURLE_COULDNT_CONNECT: systemError == ECONNREFUSED ? .connectionRefused : .unreachable
        case CURLE_OPERATION_TIMEDOUT: isOnItsWay ? .answerTimeout : .connectTimeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
            .tls
        // libcurl's words for an answer that is not HTTP: it would have to be HTTP/0.9.
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: .malformedResponse
        case CURLE_BAD_CONTENT_ENCODING: .unreadableEncoding
        case CURLE_ABORTED_BY_CALLBACK: .cancelled
        default: .other
        }
    }

    /// The code's number and words, and those of the system where it had any.
    private static func text(of code: CURLcode, _ systemError: Int32) -> String {
        guard code != CURLE_OK, code != CURLE_ABORTED_BY_CALLBACK else { return "" }
        let words = "libcurl \(code.rawValue): \(String(cString: curl_easy_strerror(code)))"
        return systemError == 0 ? words : "\(words); \(String(cString: strerror(systemError)))"
    }
}
