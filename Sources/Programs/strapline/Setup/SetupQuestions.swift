/// Questions to a person, each with an answer that Enter stands for.
struct SetupQuestions: Sendable {
    let terminal: any Terminal
    /// Whether nothing is asked, and Enter is always the answer.
    let isUnattended: Bool

    /// Throws ``SetupStopped/byPerson`` when no answer comes any more.
    func ask(_ question: String, usual: String = "") async throws(SetupStopped) -> String {
        if isUnattended { return usual }
        await terminal.write(question + (usual.isEmpty ? " " : " [\(usual)] "))
        guard let answer = await terminal.readLine() else { throw .byPerson }
        let words = answer.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? usual : words
    }

    func confirm(_ question: String, usual: Bool) async throws(SetupStopped) -> Bool {
        if isUnattended { return usual }
        while true {
            let answer = try await ask(question + (usual ? " [Y/n]" : " [y/N]"))
            switch answer.lowercased() {
            case "": return usual
            case "y", "yes": return true
            case "n", "no": return false
            default: break
            }
        }
    }

    /// The places of those that are chosen, at least one: numbers with spaces or commas between.
    func choose(among choices: [String], question: String) async throws(SetupStopped) -> [Int] {
        if isUnattended { return [0] }
        for (place, choice) in choices.enumerated() { await terminal.print("  \(place + 1)  \(choice)") }
        while true {
            let answer = try await ask(question, usual: "1")
            let numbers = answer.split { $0 == " " || $0 == "," }.map { Int($0) }
            let places = numbers.compactMap { $0.map { $0 - 1 } }.filter(choices.indices.contains)
            if places.count == numbers.count, !places.isEmpty { return places }
        }
    }

    /// Without showing what is typed.
    func secret(_ question: String) async throws(SetupStopped) -> String {
        guard let answer = await terminal.readSecret(question) else { throw .byPerson }
        return answer
    }

    func tell(_ line: String) async { await terminal.print(line) }
}
