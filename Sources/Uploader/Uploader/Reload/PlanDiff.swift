import BlueZ
import LocalMetrics
import Outbox
import UploaderConfiguration

/// The differences between two plans, as a value. Everything else continues.
struct PlanDiff: Equatable {
    /// By name, in the order of the configuration they stand in.
    private(set) var addedStraps: [String] = []
    private(set) var removedStraps: [String] = []
    /// Another device, adapter or mode under the same name: it reconnects.
    private(set) var changedStraps: [String] = []

    private(set) var addedLanes: [Lane] = []
    private(set) var removedLanes: [Lane] = []
    /// Another address, token, limit or policy: the lane is stopped and started, its cursor stays.
    private(set) var changedLanes: [Lane] = []

    private(set) var addedOutputs: [String] = []
    private(set) var removedOutputs: [String] = []
    /// Other settings under the same name: it is stopped and started.
    private(set) var changedOutputs: [String] = []

    private(set) var addedSessions: [String] = []
    private(set) var removedSessions: [String] = []
    /// Another address, key or format of the same name.
    private(set) var changedSessions: [String] = []

    /// Settings that differ and that only a restart applies, by their place in the file.
    private(set) var settingsForRestart: [String] = []

    /// With `isNetworkChanged` every lane and every output has changed: all have the way to the services in common.
    init(from old: UploadPlan, to new: UploadPlan, isNetworkChanged: Bool) {
        for strap in new.straps {
            guard let before = old.straps.first(where: { $0.name == strap.name }) else {
                addedStraps.append(strap.name)
                continue
            }
            if before != strap { changedStraps.append(strap.name) }
        }
        removedStraps = old.straps.map(\.name).filter { name in !new.straps.contains { $0.name == name } }
        for target in new.targets {
            guard let before = old.targets.first(where: { $0.lane == target.lane }) else {
                addedLanes.append(target.lane)
                continue
            }
            if before != target || isNetworkChanged { changedLanes.append(target.lane) }
        }
        removedLanes = old.lanes.filter { !new.lanes.contains($0) }
        for output in new.outputs {
            guard let before = old.outputs.first(where: { $0.name == output.name }) else {
                addedOutputs.append(output.name)
                continue
            }
            if before != output || isNetworkChanged { changedOutputs.append(output.name) }
        }
        removedOutputs = old.outputs.map(\.name).filter { name in !new.outputs.contains { $0.name == name } }
        compareSessions(old.sessions, new.sessions)
        settingsForRestart = Self.settingsForRestart(old, new)
    }

    private mutating func compareSessions(
        _ old: [UploadPlan.PlannedSessions], _ new: [UploadPlan.PlannedSessions]
    ) {
        for planned in new {
            guard let before = old.first(where: { $0.name == planned.name }) else {
                addedSessions.append(planned.name)
                continue
            }
            if before != planned { changedSessions.append(planned.name) }
        }
        removedSessions = old.map(\.name).filter { name in !new.contains { $0.name == name } }
    }

    private static func settingsForRestart(_ old: UploadPlan, _ new: UploadPlan) -> [String] {
        let (before, after) = (old.outboxOptions, new.outboxOptions)
        return [
            old.outboxPath != new.outboxPath ? "outbox.path" : nil,
            before.durability != after.durability ? "outbox.durability" : nil,
            before.retention != after.retention ? "outbox.retention_days" : nil,
            before.clockWait != after.clockWait ? "clock.wait_seconds" : nil,
            old.metricsAddress != new.metricsAddress ? "metrics.address" : nil,
            old.metricsToken != new.metricsToken ? "metrics.token_file" : nil,
        ].compactMap(\.self)
    }

    /// For the log: `strap ben added`.
    var words: [String] {
        var words = addedStraps.map { "strap \($0) added" }
        words += removedStraps.map { "strap \($0) removed" }
        words += changedStraps.map { "strap \($0) changed" }
        words += addedLanes.map { "\($0) added" }
        words += removedLanes.map { "\($0) removed" }
        words += changedLanes.map { "\($0) changed" }
        words += addedOutputs.map { "output \($0) added" }
        words += removedOutputs.map { "output \($0) removed" }
        words += changedOutputs.map { "output \($0) changed" }
        words += addedSessions.map { "sessions to \($0) added" }
        words += removedSessions.map { "sessions to \($0) removed" }
        words += changedSessions.map { "sessions to \($0) changed" }
        return words
    }
}
