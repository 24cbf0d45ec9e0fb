import HTTPTypes

/// Finds the calls of a path: a tree of path segments, one dictionary look-up a segment.
struct CallRouter: Sendable {
    /// All calls of one path.
    final class Path: Sendable {
        /// In the order of the table.
        let calls: [HubCall]
        /// The name in metrics.
        let route: String
        /// The value of an `Allow` header.
        let allowedMethods: String
        /// For a message: `GET or POST`.
        let methodNames: String
        /// The limit for requests that are answered without a token.
        let strangerLimit: AddressRateLimiter.Kind

        fileprivate init(_ calls: [HubCall]) {
            self.calls = calls
            route = calls[0].route
            strangerLimit = calls[0].strangerLimit
            let methods = calls.map(\.method)
            methodNames = methods.map(\.rawValue).joined(separator: " or ")
            allowedMethods = (methods + (methods.contains(.get) ? [.head] : []) + [.options]).map(\.rawValue)
                .joined(separator: ", ")
        }

        /// The call of a method; `HEAD` is answered as `GET`. Nil if the path does not have the method.
        func call(_ method: HTTPRequest.Method) -> HubCall? {
            let method = method == .head ? .get : method
            return calls.first { $0.method == method }
        }
    }

    /// A path of a request.
    struct Match: Sendable {
        let path: Path
        /// The variable parts, in order.
        let parameters: [String]
    }

    private final class Node: Sendable {
        let path: Path?
        let children: [String: Node]
        /// For any segment that is not empty.
        let variable: Node?

        /// `depth` segments of each call's path lead to this node.
        init(_ calls: [(segments: [Substring], call: HubCall)], depth: Int) {
            let ending = calls.filter { $0.segments.count == depth }.map(\.call)
            path = ending.isEmpty ? nil : Path(ending)
            let further = Dictionary(grouping: calls.filter { $0.segments.count > depth }) { $0.segments[depth] }
            var children: [String: Node] = [:]
            var variable: Node?
            for (segment, calls) in further {
                let node = Node(calls, depth: depth + 1)
                if segment.hasPrefix("{") { variable = node } else { children[String(segment)] = node }
            }
            self.children = children
            self.variable = variable
        }
    }

    /// Every call, in the order of the table.
    let calls: [HubCall]
    private let root: Node

    init(_ calls: [HubCall]) {
        self.calls = calls
        root = Node(
            calls.map { ($0.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { $0 }, $0) },
            depth: 0)
    }

    /// - Parameter segments: as ``RequestTarget/segments``.
    /// - Returns: nil for a path without calls.
    func match(_ segments: [String]) -> Match? {
        var node = root
        var parameters: [String] = []
        for segment in segments {
            if let child = node.children[segment] {
                node = child
            } else if let variable = node.variable, !segment.isEmpty {
                parameters.append(segment)
                node = variable
            } else {
                return nil
            }
        }
        return node.path.map { Match(path: $0, parameters: parameters) }
    }
}
