import Console
import WebClient

/// Asks for the address of a hub, and looks whether a hub answers there before anything else is asked.
struct HubAddressQuestion {
    let questions: SetupQuestions
    let client: WebClient

    /// The hub's own default.
    private static let port = 8080

    /// What the user has typed, with the scheme and the port that people leave out: `heart.local`, `heart.local:8080`.
    /// Without what they paste with it: quotation marks, and the end of a page's address, which may hold a token.
    static func completed(_ text: String) -> String {
        let around = "\"'`<>“”„‘’,;"
        let text = String(
            text.filter { !$0.isWhitespace }.drop(while: around.contains).prefix { !"?#".contains($0) }
                .reversed().drop(while: around.contains).reversed())
        if text.contains("://") { return text }
        let host = text.prefix { $0 != "/" }
        let hasPort = host.hasPrefix("[") ? host.contains("]:") : host.contains(":")
        return hasPort ? "http://\(text)" : "http://\(host):\(port)\(text.dropFirst(host.count))"
    }

    /// An address at which a hub answers, or one that the user has confirmed. `last` is offered for Enter, and `note`
    /// gets each address that the user has typed.
    func ask(last: String?, note: (String) -> Void = { _ in }) async throws -> String {
        var offered = last ?? ""
        while true {
            let answer = try await questions.ask(
                "The hub's address, as http://192.168.1.10:8080:", defaultAnswer: offered)
            guard !answer.isEmpty else { continue }
            let text = Self.completed(answer)
            let address: ServiceAddress
            do throws(ServiceAddressError) {
                address = try ServiceAddress(text)
            } catch {
                await questions.show("\(error)")
                continue
            }
            note(text)
            guard let obstacle = await obstacle(at: address) else { return text }
            // The address of one of its pages.
            if let root = Self.root(of: address), await self.obstacle(at: root) == nil {
                await questions.show("The hub is at \(root).")
                note(root.description)
                return root.description
            }
            await questions.show("\(obstacle) Start the hub with `strapline-hub serve`, or correct the address.")
            if try await questions.confirm("Use \(text) all the same?", defaultAnswer: false) { return text }
            offered = text
        }
    }

    /// The address without its path; nil if it has none.
    private static func root(of address: ServiceAddress) -> ServiceAddress? {
        guard !address.prefix.isEmpty else { return nil }
        return try? ServiceAddress(String(address.description.dropLast(address.prefix.count)))
    }

    /// Why no hub seems to be there; nil if one answers.
    private func obstacle(at address: ServiceAddress) async -> String? {
        do {
            let response = try await client.send(to: RequestTemplate(.get, address, path: "/healthz"))
            // A hub whose disk is full answers too.
            return [200, 500, 503, 507].contains(response.status)
                ? nil : "The server at \(address) answers, but it is no hub (status \(response.status))."
        } catch {
            return "\(error)"
        }
    }
}
