import ArgumentParser
import Console
import Outbox
import SessionUploads
import Sessions
import Timing
import UploaderConfiguration

struct SessionUploadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Upload sessions from before their destination was configured.",
        discussion: """
              strapline session upload 1204 3731
              strapline session upload --all --to runalyze

            A running uploader uploads them within a minute, otherwise the next one does. New sessions need no \
            command. Use --again for a session that you deleted at the service.
            """)

    @OptionGroup var location: OutboxLocation
    @Option(help: ArgumentHelp("Only to this destination of `sessions`.", valueName: "name")) var to: String?
    @Option(help: ArgumentHelp("With --all, only sessions of this strap.", valueName: "name")) var strap: String?
    @Flag(help: "Upload all finished sessions of the history.") var all = false
    @Flag(help: "Also upload sessions that are uploaded already.") var again = false
    @Argument(help: ArgumentHelp("The IDs of the sessions, as in `strapline session list`.", valueName: "id"))
    var ids: [Int64] = []

    func validate() throws {
        if ids.isEmpty != all { throw ValidationError("Name the sessions, or --all.") }
        if strap != nil, !all { throw ValidationError("--strap needs --all.") }
    }

    func run() async throws {
        let path = try await location.path()
        let sessions = try await SessionReader(OutboxReader(path: path)).sessions(ofStrap: strap)
        let chosen = try all ? sessions.filter { $0.state == .finished } : ids.map { try Self.find($0, sessions) }
        let request = try SessionUploadRequest(path: path)
        let destinations = try await Self.destinations(request, named: to)
        let owners = strapsOfDestinations()
        var requested = 0
        for session in chosen {
            for destination in destinations {
                if let owner = owners[destination], owner != session.strap {
                    guard !all, to != nil else { continue }
                    throw CommandError(
                        "only sessions of the strap \(owner) go to \(destination), and session \(session.id) is of "
                            + "\(session.strap)", .validationFailure)
                }
                let upload = SessionUpload(
                    externalID: session.externalID, strap: session.strap, ids: session.ids, destination: destination,
                    atMilliseconds: KernelTime().now().wallMilliseconds)
                switch try await request.request(upload, again: again) {
                case .requested: requested += 1
                case let known where !all:
                    StandardStream.error.print("strapline: session \(session.id) to \(destination) \(known.rawValue)")
                case .isWaiting, .isUploaded: break
                }
            }
        }
        StandardStream.output.print(requested == 0 ? "Nothing to upload." : Self.promise(requested))
    }

    /// The strap of each destination that takes only its sessions. Of an outbox without its configuration they are not
    /// known: then the uploader sets sessions of others aside.
    private func strapsOfDestinations() -> [String: String] {
        guard location.file == nil, let path = location.configuration.quietPath(),
            let plan = try? UploadPlan(ofServiceAt: path)
        else { return [:] }
        let owners = plan.sessions.compactMap { planned in planned.settings.strap.map { (planned.name, $0) } }
        return Dictionary(owners) { first, _ in first }
    }

    static func promise(_ count: Int) -> String {
        "\(count) upload\(count == 1 ? "" : "s") requested. A running uploader begins within "
            + "\(SessionUploadService.interval.components.seconds) s, or the next one at its start."
    }

    private static func find(_ id: Int64, _ sessions: [HeartRateSession]) throws -> HeartRateSession {
        guard let session = sessions.first(where: { $0.id == id }) else {
            throw CommandError("there is no session \(id): `strapline session list` has all", .dataError)
        }
        guard session.state == .finished else {
            throw CommandError("session \(id) is not finished: it is uploaded by itself when it is", .dataError)
        }
        return session
    }

    /// The destinations that the uploader knows, or the one with this name.
    static func destinations(_ request: SessionUploadRequest, named name: String?) async throws -> [String] {
        let known = try await request.destinations()
        guard !known.isEmpty else {
            throw CommandError(
                "there is no destination for sessions: add one below `sessions` in the configuration, and start or "
                    + "reload the uploader", .dataError)
        }
        guard let name else { return known }
        guard known.contains(name) else {
            throw CommandError(
                "no destination for sessions is named \(name). There are: \(known.joined(separator: ", "))", .dataError)
        }
        return [name]
    }
}

struct SessionUploadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uploads", abstract: "List the uploads of sessions, with the reasons of rejected ones.",
        discussion: "This command only reads, also beside a running uploader.")

    @OptionGroup var location: OutboxOfFile
    @Option(help: ArgumentHelp("Only to this destination of `sessions`.", valueName: "name")) var to: String?
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() async throws {
        let uploads = try await OutboxReader(path: try await location.path()).sessionUploads(to: to)
        if json {
            for upload in uploads { StandardStream.output.print(try SessionUploadRecord(upload).jsonLine()) }
        } else {
            for line in SessionUploadText.lines(of: uploads) { StandardStream.output.print(line) }
        }
    }
}

struct SessionRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Retry uploads of sessions that were rejected and set aside.",
        discussion: """
            A running uploader uploads them within a minute, otherwise the next one does. A session that the \
            service rejects again is set aside again, with the new reason.
            """)

    @OptionGroup var location: OutboxLocation
    @Option(help: ArgumentHelp("Only to this destination of `sessions`.", valueName: "name")) var to: String?
    @Flag(help: "Retry all of them.") var all = false
    @Argument(help: ArgumentHelp("The IDs of the sessions, as in `strapline session uploads`.", valueName: "id"))
    var ids: [Int64] = []

    func validate() throws {
        if ids.isEmpty != all { throw ValidationError("Name the sessions, or --all.") }
    }

    func run() async throws {
        let request = try SessionUploadRequest(path: try await location.path())
        if let to { _ = try await SessionUploadCommand.destinations(request, named: to) }
        var count = 0
        var missing: [Int64] = []
        for id in all ? [nil] : ids.map(Optional.some) {
            let retried = try await request.retry(session: id, to: to)
            count += retried
            if let id, retried == 0 { missing.append(id) }
        }
        for id in missing {
            StandardStream.error.print("strapline: session \(id) is not set aside: strapline session uploads shows all")
        }
        if count > 0 {
            StandardStream.output.print(SessionUploadCommand.promise(count))
        } else if missing.isEmpty {
            StandardStream.output.print("Nothing is set aside.")
        }
        if !missing.isEmpty { throw ExitCode.dataError }
    }
}
