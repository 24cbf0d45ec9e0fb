import ArgumentParser
import BlueZ
import Console
import TextFormats
import UploaderConfiguration
package import UploaderStatus

/// Waits until the first readings of all straps are at all their destinations, and prints the progress.
package struct SetupWatch {
    /// The pause between two looks: the user waits.
    static let pause: Duration = .milliseconds(500)

    let questions: SetupQuestions
    package let configuration: String
    let limit: Duration
    var clock: any Clock<Duration> = ContinuousClock()
    /// How the uploader stands; nil while none runs.
    package let status: @Sendable () async -> StatusReport?

    package init(
        questions: SetupQuestions, configuration: String, limit: Duration,
        clock: any Clock<Duration> = ContinuousClock(), status: @escaping @Sendable () async -> StatusReport?
    ) {
        self.questions = questions
        self.configuration = configuration
        self.limit = limit
        self.clock = clock
        self.status = status
    }

    package func run() async throws {
        await questions.show("Waiting for the first readings. Put the strap on: most sleep until they feel skin.")
        var shown: Set<String> = []
        let looks = Int(limit / Self.pause) + 1
        for look in 1...looks {
            let report = await status()
            if let wait = report?.destinations.compactMap(\.clockWait).max(), shown.insert(Self.clockLine).inserted {
                await questions.show("\(Self.clockLine), at most \(WallTime.span(milliseconds: wait)).")
            }
            for line in Self.lines(of: report) where shown.insert(line).inserted { await questions.show(line) }
            if let report, Self.isComplete(report) {
                await questions.show("All readings arrive. It runs by itself from now on: strapline status\(option)")
                return
            }
            if look < looks { try await clock.sleep(for: Self.pause) }
        }
        throw SetupError(
            description:
                "Not everything has arrived within \(limit.components.seconds) s. Find the problem: strapline "
                + "doctor\(option). Then once more: strapline setup watch\(option)",
            code: .unavailable)
    }

    /// For a command about this file, if it does not find the file by itself.
    private var option: String {
        (try? ConfigurationLocation.find(named: nil).path) == configuration
            ? "" : " --config \(configuration.quotedForShell)"
    }

    /// The wait goes on and is shown once.
    private static let clockLine = "Uploads are waiting for the clock: network time has not set it yet"

    static func isComplete(_ report: StatusReport) -> Bool {
        !report.straps.isEmpty && report.straps.allSatisfy { $0.state == .live && $0.beatsPerMinute != nil }
            && !report.destinations.isEmpty && report.destinations.allSatisfy { $0.lastSuccessAge != nil }
    }

    /// Each line is printed once, so the rate appears with the first reading only.
    package static func lines(of report: StatusReport?) -> [String] {
        guard let report else { return ["No uploader runs yet."] }
        let straps = report.straps.map { strap in
            let reason = strap.reason.map { ": " + $0.printable() } ?? ""
            return "\(strap.strap): \(strap.state.rawValue)\(reason)"
        }
        let destinations = report.destinations.compactMap { lane -> String? in
            if lane.lastSuccessAge != nil { return "\(lane.strap): delivered to \(lane.destination)" }
            let state = lane.isTroubled ? lane.state.map { "\($0): " } ?? "" : ""
            return (lane.reason ?? lane.lastError).map {
                "\(lane.strap) to \(lane.destination): \(state)\($0.printable(scalars: 2_000))"
            }
        }
        return straps + destinations
    }
}
