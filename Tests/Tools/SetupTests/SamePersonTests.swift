import ArgumentParser
import Console
import Destinations
import FoundationEssentials
import StrapFixtures
import TestKit
import Testing
import Tokens
import UploaderConfiguration

@testable import Setup

/// A setup never makes two people one, whichever way it gets the token.
@Suite struct SamePersonTests {
    private let folder = TemporaryDirectory()

    private func person(
        _ arguments: [String] = [], _ terminal: ScriptedTerminal = ScriptedTerminal()
    ) throws
        -> SamePerson
    {
        let path = folder.file("strapline.yaml")
        let yaml = """
            straps:
              - name: anna
                destinations:
                  - { service: pulsoid, token_file: "\(folder.file("anna.token"))" }
                  - { service: pulsoid, name: hub, address: "http://hub:8080", token_file: "\(folder.file("hub"))" }
                  - { service: cardiogram, user_id: "7", token_file: /none }
            """
        try Data(yaml.utf8).write(to: URL(filePath: path))
        try Data("Bearer sesame-1\n".utf8).write(to: URL(filePath: folder.file("anna.token")))
        try Data("sesame-2\n".utf8).write(to: URL(filePath: folder.file("hub")))
        let options = try SetupOptions.parse(arguments)
        return SamePerson(
            context: SetupContext(
                questions: SetupQuestions(terminal: terminal, isUnattended: options.yes), options: options,
                layout: ServiceLayout(configuration: path, isRoot: false)))
    }

    private func permits(
        _ person: SamePerson, _ token: String = "sesame-1", of strap: String = "ben",
        at service: DestinationSection.Service = .pulsoid, address: String? = nil, isGiven: Bool = false
    ) async throws -> Bool {
        let token = try #require(StoredToken(token))
        return try await person.permits(token, of: strap, at: service, address: address, isGiven: isGiven)
    }

    @Test(arguments: [("y", true), ("", false)]) func tokenOfAnotherStrap_isAskedAbout(
        answer: String, isPermitted: Bool
    ) async throws {
        let terminal = ScriptedTerminal(typing: answer)
        #expect(try await permits(person([], terminal)) == isPermitted)
        #expect(terminal.text.contains("anna has this token already: anna and ben would appear as one person."))
        #expect(terminal.text.contains("Does one person wear both straps? [y/N]") && !terminal.text.contains("sesame"))
    }

    @Test(arguments: [(["--yes"], false), ([], true)]) func tokenOfAnotherStrap_isRefused_ifThereIsNoOther(
        arguments: [String], isGiven: Bool
    ) async throws {
        let person = try person(arguments)
        let error = await #expect(throws: SetupError.self) { _ = try await permits(person, isGiven: isGiven) }
        #expect(error?.exitCode == .validationFailure && error?.description.contains("--same-person") == true)
        #expect(try await permits(self.person(arguments + ["--same-person"]), isGiven: isGiven))
    }

    @Test func otherTokens_otherServers_andTheStrapsOwn_arePermitted() async throws {
        let person = try person(["--yes"])
        #expect(try await permits(person, "sesame-3"))
        #expect(try await permits(person, of: "anna"))
        // The hub does not know Pulsoid's users.
        #expect(try await permits(person, address: "http://hub:8080"))
        await #expect(throws: SetupError.self) {
            _ = try await permits(person, "sesame-2", address: "http://hub:8080/")
        }
    }

    @Test func userOfAnotherStrap_isAskedAbout() async throws {
        let service = try #require(DestinationSection.Service(rawValue: "cardiogram"))
        func permits(_ person: SamePerson, user: String) async throws -> Bool {
            try await person.permits(OptionValues(["user_id": .text(user)]), of: "ben", at: service, address: nil)
        }
        let terminal = ScriptedTerminal(typing: "n")
        #expect(try await permits(person([], terminal), user: "7") == false)
        #expect(terminal.text.contains("anna has this `user_id` already"), "\(terminal.text)")
        let unattended = try person(["--yes"])
        #expect(try await permits(unattended, user: "8"))
        await #expect(throws: SetupError.self) { _ = try await permits(unattended, user: "7") }
    }
}
