import ArgumentParser
import Console
import FoundationEssentials
import Outbox
import Pulsoid
import PulsoidAPI
import Tokens
import UploaderConfiguration
import Verification
import WebClient

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Prove that what a running uploader delivers to Pulsoid, or a hub, is shown there.",
        discussion: """
            Follows the room ROOM_ID, or without it the real-time stream of each token, and matches what it shows with every \
            reading that the outbox says was acknowledged. The uploader is not disturbed. Ends with a table, after --for or \
            with Ctrl-C.

              strapline verify --config strapline.yaml --for 60s
              strapline verify --config strapline.yaml ROOM_ID --token-file room.token
              strapline verify --config strapline.yaml --poll 1s --json

            The token needs the scope \(PulsoidScope.roomRead.rawValue) for a room, else \
            \(PulsoidScope.heartRateRead.rawValue). A hub is also asked for what it has kept, each reading.

            Ends with 0 only when something was acknowledged and all of it was seen; with 3 when something is missing, with \
            75 when part of it can be neither proved nor missed or nothing was sent, with 69 when no uploader runs or the \
            service cannot be reached. docs/verify.md says how it decides.
            """)

    @OptionGroup var file: ConfigurationOption
    @Argument(help: "The room to follow.") var roomID: String?
    @OptionGroup var lanes: LaneOptions
    @Option(
        help: ArgumentHelp(
            "A file that holds the token to read with (default: that of the destination).", valueName: "path"),
        completion: .file())
    var tokenFile: String?
    @Option(
        help: ArgumentHelp(
            "Whose profile a strap is in the room, where its token does not tell; more than once for more.",
            valueName: "strap=id"), transform: Self.profile)
    var profile: [(strap: String, id: String)] = []
    @Option(
        help: ArgumentHelp(
            "Ask for the latest heart rate so often, in place of a stream. Only the newest can be seen so.",
            valueName: "time"))
    var poll: TimeSpan?
    @Option(name: .customLong("for"), help: ArgumentHelp("How long, for instance 60s or 2h.", valueName: "time"))
    var window: TimeSpan?
    @Option(help: ArgumentHelp("How long a reading may take to be shown.", valueName: "time"))
    var grace = TimeSpan.seconds(5)
    @Flag(help: "Print a JSON object a line.") var json = false

    func validate() throws {
        if roomID != nil, poll != nil { throw ValidationError("A room has no latest heart rate: leave --poll out.") }
        if let roomID, roomID.isEmpty { throw ValidationError("The room's identifier is empty.") }
    }

    func run() async throws {
        let plan = try file.plan()
        let interruption = await Interruption()
        var verifier = try await VerifierFactory(
            plan: plan, selection: lanes.selection, view: view, token: tokenFile.map { .file(path: $0) },
            profiles: Dictionary(profile.map { ($0.strap, $0.id) }) { $1 }, window: window?.duration,
            grace: grace.duration, screen: VerificationScreen(isJSON: json)
        ).verifier()
        let uploader = UploaderProbe(outboxPath: plan.outboxPath)
        if await uploader.report() == nil {
            StandardStream.error.print(
                "strapline: no uploader runs with the outbox \(plan.outboxPath): nothing is sent until one does")
        }
        let summary = try await verifier.run(until: interruption)
        VerificationScreen(isJSON: json).show(summary)
        try await end(summary, uploader)
    }

    private var view: VerificationPlan.View {
        if let roomID { return .room(roomID) }
        return poll.map { .latest(every: $0.duration) } ?? .realTime
    }

    /// Says why, where nothing or not all could be proved, and ends the program as it went.
    private func end(_ summary: VerificationSummary, _ uploader: UploaderProbe) async throws {
        switch summary.conclusion {
        case .allSeen: return
        case .missing: throw ExitCode.readingsMissing
        case .neverOpened: throw ExitCode.unavailable
        case .notProvable: throw ExitCode.temporaryFailure
        case .nothingSent:
            guard let report = await uploader.report() else {
                throw CommandError("no uploader runs: start it with strapline run", .unavailable)
            }
            for line in UploaderProbe.obstacles(report, lanes: Set(summary.lanes.keys)) {
                StandardStream.error.print("strapline: \(line)")
            }
            throw ExitCode.temporaryFailure
        }
    }

    private static func profile(_ text: String) throws -> (strap: String, id: String) {
        guard let equals = text.lastIndex(of: "="), equals != text.startIndex,
            text.index(after: equals) != text.endIndex
        else { throw ValidationError("--profile is a strap's name and a profile with = between them, not \(text).") }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}
