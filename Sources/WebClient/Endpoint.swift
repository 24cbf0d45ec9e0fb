import AsyncHTTPClient
import NIOHTTP1

/// A method and an address to send requests to. Made once and used for many: the address is parsed and the constant
/// headers are built here.
public struct Endpoint: Sendable {
    public enum Method: Sendable {
        case get
        /// Sends JSON.
        case post
    }

    public let service: ServiceAddress
    let prototype: HTTPClient.Request

    /// `path` begins with a slash and may have a query.
    public init(_ method: Method, _ service: ServiceAddress, path: String) throws(ServiceAddressError) {
        self.service = service
        var headers = HTTPHeaders([("User-Agent", WebClient.userAgent), ("Accept", "application/json, text/plain")])
        if case .post = method { headers.add(name: "Content-Type", value: "application/json") }
        do {
            prototype = try HTTPClient.Request(
                url: service.description + path, method: method == .post ? .POST : .GET, headers: headers)
        } catch {
            throw ServiceAddressError(service.description + path, "cannot be used (\(error))")
        }
    }

    func request(headers: [(String, String)], body: String?) -> HTTPClient.Request {
        var request = prototype
        request.headers.add(contentsOf: headers)
        request.body = body.map { .string($0) }
        return request
    }
}
