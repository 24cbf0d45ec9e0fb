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
        abstract: "Prove that Pulsoid, or a hub, shows every reading that a running uploader delivers.",
        discussion: """
            It follows a room, or without it the real-time stream of each token. At a hub, give the name of the room \
            or its ID. It matches the shown readings with the readings that the outbox counts as acknowledged, and \
            does not disturb the uploader. It ends with a table, after --for or with Ctrl-C.

              strapline verify --for 60s
              strapline verify Gym --token-file room.token
              strapline verify --config strapline.yaml --poll 1s --json

            The token needs the scope \(PulsoidScope.roomRead.rawValue) for a room, and \
            \(PulsoidScope.heartRateRead.rawValue) otherwise. A hub is also asked whether it keeps each reading.

            Exits 0 only if readings were acknowledged and all of them were seen. Exits 3 if a reading is missing; \
            75 if some can be neither proved nor missed, or none was sent; 69 if no uploader runs or the service is \
            not reachable. docs/verify.md has the rules.
            """)

    @OptionGroup var file: ConfigurationOption
    @Argument(help: ArgumentHelp("The room to follow.", valueName: "room")) var arguments: [String] = []
    @OptionGroup var lanes: LaneOptions
    @Option(
        help: ArgumentHelp(
            "The file of a token for reading (default: the token of the destination).", valueName: "path"),
        completion: .file())
    var tokenFile: String?
    @Option(
        help: ArgumentHelp(
            "The profile ID of a strap in the room, if its token does not show it. Repeatable.",
            valueName: "strap=id"), transform: Self.profile)
    var profile: [(strap: String, id: String)] = []
    @Option(
        help: ArgumentHelp(
            "Poll the latest heart rate at this interval instead of streaming. Readings in between are not seen.",
            valueName: "time"))
    var poll: TimeSpan?
    @Option(name: .customLong("for"), help: ArgumentHelp("How long to run, for instance 60s or 2h.", valueName: "time"))
    var window: TimeSpan?
    @Option(help: ArgumentHelp("The longest time from the acknowledgement to the observation.", valueName: "time"))
    var grace = TimeSpan.seconds(5)
    @Flag(help: "Print one JSON object per line.") var json = false

    func validate() throws {
        let room = try file.split(arguments).other
        if room != nil, poll != nil { throw ValidationError("A room has no latest heart rate: leave --poll out.") }
        if let room, room.isEmpty { throw ValidationError("The room's name is empty.") }
    }

    func run() async throws {
        let (file, room) = try self.file.split(arguments)
        let plan = try UploadPlan(ofServiceAt: file.path())
        let roomID = try await self.roomID(room, plan)
        let interruption = await Interruption()
        var verifier = try await VerifierFactory(
            plan: plan, selection: lanes.selection, view: view(of: roomID), token: readingToken,
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

    private var readingToken: TokenSource? { tokenFile.map { .file(path: $0) } }

    /// The ID of the room. A hub knows its rooms by name too.
    private func roomID(_ room: String?, _ plan: UploadPlan) async throws -> String? {
        guard let room else { return nil }
        let view = VerificationPlan.View.room(room)
        let sources = try VerificationPlan(plan, selection: lanes.selection, view: view, token: readingToken).sources
        let client = WebClient(network: try plan.network.settings())
        guard let source = sources.first,
            let rooms = await HubRooms.ask(at: source.address, token: source.token, client: client)
        else { return room }
        return try rooms.room(room)
    }

    private func view(of roomID: String?) -> VerificationPlan.View {
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
