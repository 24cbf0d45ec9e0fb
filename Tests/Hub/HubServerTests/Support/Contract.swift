import FoundationEssentials
import PulsoidAPI

/// The hub's OpenAPI document, and what it says of an answer.
struct Contract: Sendable {
    /// One request to an operation, and its answer.
    struct Exchange: Sendable {
        /// As in the document: `GET /api/v1/profile`.
        let operation: String
        let answer: RawConnection.Answer
    }

    let document: JSONValue

    init(_ text: String) throws {
        document = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    /// Every operation with its statuses: `GET /api/v1/profile 200`.
    var answers: Set<String> {
        Set(
            operations.flatMap { name, operation -> [String] in
                guard case .object(let responses)? = operation["responses"] else { return [] }
                return responses.keys.map { "\(name) \($0)" }
            })
    }

    var operations: [String: JSONValue] {
        var operations: [String: JSONValue] = [:]
        guard case .object(let paths)? = document["paths"] else { return [:] }
        for case (let path, .object(let methods)) in paths {
            for (method, operation) in methods { operations["\(method.uppercased()) \(path)"] = operation }
        }
        return operations
    }

    /// What about an answer is not as documented.
    func problems(_ exchange: Exchange) -> [String] {
        let check = SchemaCheck(document: document)
        let answer = exchange.answer
        guard let documented = operations[exchange.operation]?["responses"]?[String(answer.status)] else {
            return ["undocumented"]
        }
        let response = check.resolved(documented)
        var problems: [String] = []
        if case .object(let headers)? = response["headers"] {
            for (name, header) in headers {
                let schema = check.resolved(header)["schema"] ?? .null
                guard let value = answer.headers[name.lowercased()] else {
                    problems.append("no \(name)")
                    continue
                }
                problems += check.problems(.string(value), schema, at: name)
            }
        }
        guard case .object(let content)? = response["content"] else {
            return problems + (answer.body.isEmpty ? [] : ["a body that is not documented"])
        }
        let type = answer.headers["content-type"] ?? ""
        guard let schema = content[type]?["schema"] else { return problems + ["content type \(type)"] }
        let isJSON = type == "application/json"
        let body =
            isJSON ? try? JSONDecoder().decode(JSONValue.self, from: Data(answer.body.utf8)) : .string(answer.body)
        return problems + (body.map { check.problems($0, schema) } ?? ["no JSON"])
    }
}
