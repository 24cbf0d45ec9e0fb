import ArgumentParser
import Console

/// The question before a command that cannot be undone.
struct ConfirmationOptions: ParsableArguments {
    @Flag(help: "Do not ask. Scripts need it: without a terminal the command stops.")
    var yes = false

    /// Asks for the `name` of the user, room or program. The `loss` is `Ben and 184,203 readings`; the `command` is the
    /// same with `--yes`.
    /// - Throws: ``CommandError`` without the answer.
    func require(_ verb: Verb, _ loss: String, typing name: String, command: String) async throws {
        if yes { return }
        let terminal = InterruptibleTerminal(terminal: StandardTerminal())
        guard terminal.isInteractive else {
            throw CommandError(
                "This \(verb.present) \(loss), and cannot be undone. Nothing was \(verb.past). To do it without a "
                    + "question: \(command)", .validationFailure)
        }
        await terminal.write("\(verb.imperative) \(loss)? This cannot be undone. Type \(name) to confirm: ")
        let answer = await terminal.readLine()
        // Ctrl-C leaves the question's line open.
        if answer == nil { await terminal.write("\n") }
        guard answer?.trimmed == name else {
            throw CommandError("Nothing was \(verb.past).", .validationFailure)
        }
    }

    /// Asks at a terminal, and goes on without one: a leaked token must be revoked from anywhere.
    func ask(_ verb: Verb, _ loss: String) async throws {
        let terminal = InterruptibleTerminal(terminal: StandardTerminal())
        guard !yes, terminal.isInteractive else { return }
        await terminal.write("\(verb.imperative) \(loss)? This cannot be undone. [y/N] ")
        let answer = await terminal.readLine()
        if answer == nil { await terminal.write("\n") }
        guard ["y", "yes"].contains(answer?.trimmed.lowercased()) else {
            throw CommandError("Nothing was \(verb.past).", .validationFailure)
        }
    }

    enum Verb {
        case delete, revoke

        fileprivate var imperative: String { self == .delete ? "Delete" : "Revoke" }
        fileprivate var present: String { self == .delete ? "deletes" : "revokes" }
        fileprivate var past: String { self == .delete ? "deleted" : "revoked" }
    }
}

extension String {
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension Int {
    /// `184,203 readings`, `1 reading`.
    func counted(_ noun: String) -> String {
        let digits = Array(String(magnitude))
        let groups = stride(from: digits.count, to: 0, by: -3).map { String(digits[Swift.max(0, $0 - 3)..<$0]) }
        return "\(groups.reversed().joined(separator: ",")) \(noun)\(self == 1 ? "" : "s")"
    }
}
