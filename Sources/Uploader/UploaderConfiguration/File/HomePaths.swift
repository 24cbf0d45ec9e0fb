import TextFormats
import Yams

/// Resolves `~/` in the paths of a configuration, and finds values that are no paths.
struct HomePaths {
    let home: String
    /// The service runs as another user, whose home is not meant.
    let isOfService: Bool

    private static func isPath(_ key: String) -> Bool { key == "path" || key.hasSuffix("_file") }

    /// The node with whole paths; reports the mistakes of the others.
    func resolved(_ node: Node, report: (ConfigurationError.Mistake) -> Void) -> Node {
        switch node {
        case .mapping(let mapping):
            let pairs = mapping.map { key, value in
                guard let name = key.string, Self.isPath(name), let scalar = value.scalar else {
                    return (key, resolved(value, report: report))
                }
                if let problem = problem(with: scalar.string, name) {
                    report(ConfigurationError.Mistake(line: value.mark?.line, message: problem))
                }
                guard scalar.string.hasPrefix("~/") else { return (key, value) }
                let path = home + scalar.string.dropFirst()
                return (key, .scalar(Node.Scalar(path, scalar.tag, scalar.style, scalar.mark)))
            }
            return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
        case .sequence(let sequence):
            let items = sequence.map { $0.mapping == nil ? $0 : resolved($0, report: report) }
            return .sequence(Node.Sequence(items, sequence.tag, sequence.style, sequence.mark))
        case .scalar, .alias:
            return node
        }
    }

    private func problem(with value: String, _ key: String) -> String? {
        if key.hasSuffix("_file"),
            value.wholeMatch(of: /[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/) != nil
        {
            return
                "`\(key)` names a file, and this looks like a token: put the token into a file (mode 600) and "
                + "write the path of that file here"
        }
        let path = value.printable()
        if value.hasPrefix("~/"), isOfService || home.isEmpty {
            return
                "`\(path)`: the service runs as another user, with another home. Write the whole path, such as "
                + "/etc/strapline/token"
        }
        if value.hasPrefix("~"), !value.hasPrefix("~/") {
            return "`\(path)`: the home of another user is not looked up. Write the whole path, such as "
                + "/home/anna/token"
        }
        if value.hasPrefix("$") || value.contains("${") {
            return "`\(path)`: variables are not replaced. Write the whole path, such as /home/anna/token"
        }
        return nil
    }
}
