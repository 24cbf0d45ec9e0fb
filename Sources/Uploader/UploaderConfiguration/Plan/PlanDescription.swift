package import BlueZ
import Delivery
import Destinations
import LocalMetrics
import Outbox
import Outputs
import SessionUploads
import Tokens
import WebClient

/// An upload plan in words, with its problems.
package struct PlanDescription {
    package let lines: [String]
    package let problems: [String]
    /// It works, but deserves a look.
    package let warnings: [String]

    /// `advice` words the remedies about straps, as commands of a program for example.
    package init(_ plan: UploadPlan, advice: (StrapAdvice) -> String = { "\($0)" }) {
        var lines: [String] = []
        var problems: [String] = []
        for strap in plan.straps {
            lines.append("strap \(strap.name): \(Self.words(for: strap)), on \(strap.adapterWords)")
            if strap.renewsBond { lines.append("  pairs again by itself if the strap forgets its pairing") }
            let targets = plan.targets.filter { $0.lane.strap == strap.name }
            if targets.isEmpty { lines.append("  to no destination: its readings stay in the outbox") }
            for target in targets {
                lines.append("  to \(target.lane.destination): \(Self.words(for: target))")
                lines += Self.words(for: target.backlog).map { "    \($0)" }
                problems += Self.problems(with: target).map { "\(target.lane): \($0)" }
            }
        }
        for output in plan.outputs {
            let kind = output.kind.kind
            let strap = output.settings.strap.map { "strap \($0)" } ?? "all straps"
            lines.append("output \(output.name): \(kind.summary(of: output.settings)), of \(strap)")
            problems += kind.problems(with: output.settings).map { "output \(output.name): \($0)" }
        }
        for planned in plan.sessions {
            lines.append("sessions to \(planned.name): \(Self.words(for: planned))")
            problems += Self.problems(with: planned).map { "sessions to \(planned.name): \($0)" }
        }
        if let proxy = plan.network.proxy { lines.append("network: through the proxy \(proxy)") }
        if let file = plan.network.certificateFile { lines.append("network: trusts the certificates in \(file) too") }
        do throws(NetworkSection.Problem) {
            _ = try plan.network.settings()
        } catch {
            problems.append("\(error)")
        }
        if let address = plan.metricsAddress {
            let token = plan.metricsToken.map { ", with \($0)" } ?? ""
            lines.append("metrics: http://\(address)/metrics, /healthz\(token)")
            lines.append("heart rate: http://\(address)/hr, /hr.json, /hr.html\(token)")
        }
        if let token = plan.metricsToken {
            do throws(TokenError) {
                _ = try token.read()
                if let warning = token.warning { problems.append("metrics: \(warning)") }
            } catch {
                problems.append("metrics: \(error)")
            }
        }
        let options = plan.outboxOptions
        let days = Int(options.retention.components.seconds / 86_400)
        lines.append("outbox \(plan.outboxPath): \(options.durability.rawValue), kept for \(days) days")
        let place = OutboxLocationCheck(path: plan.outboxPath)
        if let problem = place.obstacle {
            problems.append(problem)
        } else if let error = OutboxError(unsuitableFolder: place.existingFolder, outbox: plan.outboxPath) {
            problems.append("\(error)")
        }
        self.lines = lines
        self.problems = problems
        warnings =
            plan.straps.compactMap { Self.warning(about: $0, advice) } + plan.encryptionWarnings
            + SharedUsers(plan).warnings + plan.outputWarnings + plan.sessionWarnings
    }

    /// Of the token, and of the files that the options name.
    private static func problems(with target: UploadPlan.Target) -> [String] {
        let kind = target.service.kind
        return [kind.tokenProblem(target.settings), target.token?.warning].compactMap(\.self)
            + kind.fileProblems(target.settings)
    }

    private static func words(for planned: UploadPlan.PlannedSessions) -> String {
        let settings = planned.settings
        let strap = settings.strap.map { "of strap \($0)" } ?? "of all straps"
        let parts = [
            settings.address?.shown, planned.kind.kind.summary(of: settings),
            settings.token.map { "with \($0)" }, strap,
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    private static func problems(with planned: UploadPlan.PlannedSessions) -> [String] {
        var problems = [planned.settings.token?.warning].compactMap(\.self)
        do throws(TokenError) {
            _ = try planned.settings.token?.read()
        } catch {
            problems.append("\(error)")
        }
        return problems + planned.kind.kind.problems(with: planned.settings)
    }

    private static func warning(about strap: StrapConfiguration, _ advice: (StrapAdvice) -> String) -> String? {
        guard case .address(let address) = strap.selector, address.isCertainlyPrivate else { return nil }
        return "strap \(strap.name): \(StrapState.Reason.addressChanges(address).message(advice))."
    }

    private static func words(for strap: StrapConfiguration) -> String {
        let device =
            switch strap.selector {
            case .address(let address): "the device with the address \(address)"
            case .name(let name): "the device named \"\(name)\""
            case .first: "the first device that \(strap.mode == .broadcast ? "broadcasts" : "offers") heart rate"
            }
        return strap.mode == .broadcast ? device + ", heard and never connected" : device
    }

    /// Nothing where every reading is sent in order.
    private static func words(for backlog: BacklogPolicy) -> [String] {
        let newestFirst = "after an outage the newest reading first, the backlog beside it"
        let age = backlog.maximumAge.map {
            "no reading that is older than \($0.components.seconds) s when its turn comes"
        }
        return [backlog.order == .newestFirst ? newestFirst : nil, age].compactMap(\.self)
    }

    private static func words(for target: UploadPlan.Target) -> String {
        let address = target.address?.shown
        let token = target.token.map { "with \($0)" }
        return [address, target.service.kind.summary(of: target.settings), token].compactMap(\.self)
            .joined(separator: ", ")
    }
}
