import ArgumentParser
import Console
import Destinations
import Logging
import ServiceManager
import SessionUploads
import Sessions
import UploaderConfiguration
import WebClient

/// Where a measurement is sent to.
struct WellnessOptions: ParsableArguments {
    private static let service = "intervals.icu"

    @Option(
        name: .customLong("send"),
        help: ArgumentHelp(
            "Send RMSSD, SDNN and the heart rate to the wellness page of this intervals.icu destination below "
                + "`sessions` in the configuration.", valueName: "name"))
    var destination: String?

    struct Target {
        let upload: WellnessUpload
        /// The strap whose measurements go there; nil for all.
        let strap: String?
    }

    /// Nil without `--send`. Throws before anything is measured if a measurement of `strap` cannot be sent.
    func target(_ configuration: ConfigurationOption, strap: String?) throws -> Target? {
        guard let destination else { return nil }
        let plan = try UploadPlan(ofServiceAt: try configuration.path())
        guard let planned = plan.sessions.first(where: { $0.name == destination }) else {
            throw CommandError(
                "the configuration has no \(destination) below `sessions`: add it with its API key, or run strapline "
                    + "setup sessions", .wrongConfiguration)
        }
        guard planned.kind.rawValue == Self.service else {
            throw CommandError("\(destination) is no \(Self.service): it has no wellness page", .wrongConfiguration)
        }
        if let strap, let own = planned.settings.strap, own != strap {
            throw CommandError(
                "only measurements of the strap \(own) go to \(destination), by `strap` in the configuration",
                .validationFailure)
        }
        let network = try plan.network.settings()
        let context = DestinationContext(
            client: WebClient(network: network), network: network, logger: ProgramLog.logger(level: .warning))
        return Target(
            upload: try WellnessUpload(planned.settings, context), strap: strap ?? planned.settings.strap)
    }

    func send(_ record: HRVRecord, _ upload: WellnessUpload) async throws {
        let day = String(WallTime.dateAndTime(ofMilliseconds: record.atMilliseconds).prefix(10))
        do throws(WellnessUpload.Problem) {
            try await upload.send(record, day: day)
        } catch {
            throw CommandError(
                "not sent: \(error.description) Try again: strapline hrv history --send \(destination ?? "")",
                .unavailable)
        }
        StandardStream.error.print("strapline: sent to \(destination ?? "") for \(day)")
    }
}
