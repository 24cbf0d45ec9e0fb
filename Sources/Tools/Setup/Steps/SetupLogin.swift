import ArgumentParser
import Console
import Destinations
import Tokens
import UploaderConfiguration
import WebClient

/// Replaces the token of a destination that is in the configuration.
package struct SetupLogin {
    let context: SetupContext
    let tokens: SetupTokens

    package init(_ context: SetupContext, tokens: SetupTokens) {
        self.context = context
        self.tokens = tokens
    }

    private var questions: SetupQuestions { context.questions }
    private var place: ServiceLayout { context.layout }

    package func run() async throws {
        guard let configuration = try context.configuration() else {
            throw SetupError(
                description:
                    "There is no configuration at \(context.path): add a strap first, with `strapline setup pair`",
                code: .wrongConfiguration)
        }
        let choices = configuration.straps.flatMap { strap in
            strap.destinations.compactMap { destination in
                place.tokenFile(of: destination).map { (strap: strap.name, destination: destination, path: $0) }
            }
        }
        guard !choices.isEmpty else {
            throw SetupError(
                description: "No destination in \(place.configuration) has its token in a file.",
                code: .wrongConfiguration)
        }
        let chosen =
            choices.count == 1
            ? [0]
            : try await questions.choose(
                among: choices.map { "\($0.strap) to \($0.destination.laneName) (\($0.path))" },
                question: "Which tokens? Numbers, with spaces between:")
        for place in chosen {
            let (strap, destination, path) = choices[place]
            let services = configuration.services
            let kind = destination.service.kind
            // A login knows the address of its service itself.
            let address = destination.address ?? (kind.tokenGuide.hasDeviceLogin ? nil : services?[kind]?.address)
            let token = try await tokens.token(for: destination.service, of: strap, address: address)
            try SetupFile.write(try token.fileText, to: path, .token)
            await questions.show("The token is in \(path).")
        }
    }
}
