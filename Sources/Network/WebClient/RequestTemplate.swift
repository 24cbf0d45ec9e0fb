/// A method and an address to send requests to. Made once and used for many: what all requests have in common is put
/// together here.
package struct RequestTemplate: Sendable {
    package enum Method: Sendable {
        case get
        /// Sends JSON.
        case post
        /// Sends a ``WebForm``.
        case postForm
    }

    package let service: ServiceAddress
    let method: Method
    let url: String
    /// `name: value`
    let headerLines: [String]

    /// `path` begins with a slash and may have a query.
    package init(_ method: Method, _ service: ServiceAddress, path: String) throws(ServiceAddressError) {
        let url = service.description + path
        guard url.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw ServiceAddressError(url, "holds a character that must be percent-encoded")
        }
        self.service = service
        self.method = method
        self.url = url
        headerLines = ["Accept: application/json, text/plain"] + method.contentType.map { "Content-Type: \($0)" }
    }
}

extension RequestTemplate.Method {
    fileprivate var contentType: [String] {
        switch self {
        case .get: []
        case .post: ["application/json"]
        case .postForm: ["application/x-www-form-urlencoded"]
        }
    }
}
