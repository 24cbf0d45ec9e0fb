/// A method and an address to send requests to. Made once and used for many: what all requests have in common is put
/// together here.
package struct RequestTemplate: Sendable {
    package enum Method: Sendable {
        case get
        /// Sends a body of this type.
        case send(contentType: String)
        /// Replaces the resource with a body of this type.
        case put(contentType: String)
        /// Sends JSON.
        package static let post = Method.send(contentType: "application/json")
        /// Sends a ``WebForm``.
        package static let postForm = Method.send(contentType: "application/x-www-form-urlencoded")
    }

    package let service: ServiceAddress
    let method: Method
    let url: String
    /// `name: value`
    let headerLines: [String]

    /// `path` begins with a slash and may have a query.
    package init(_ method: Method, _ service: ServiceAddress, path: String) throws(ServiceAddressError) {
        try self.init(method, service, url: service.description + path)
    }

    /// For the resource whose address this is.
    package init(_ method: Method, resource: ServiceAddress) throws(ServiceAddressError) {
        try self.init(method, resource, url: resource.description + resource.suffix)
    }

    private init(_ method: Method, _ service: ServiceAddress, url: String) throws(ServiceAddressError) {
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
        case .send(let contentType), .put(let contentType): [contentType]
        }
    }
}
