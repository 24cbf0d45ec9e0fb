import DBus
import Timing

/// One look at bluetoothd, with a scan where a strap is not connected.
struct BluetoothSearch: Sendable {
    private let mirror: ObjectMirror
    private let straps: [StrapConfiguration]
    private let clock: any Clock<Duration>
    private let feed: SnapshotFeed

    init(_ mirror: ObjectMirror, straps: [StrapConfiguration], clock: any Clock<Duration>) {
        self.mirror = mirror
        self.straps = straps
        self.clock = clock
        feed = SnapshotFeed(showing: .straps(straps, includingConnected: true))
    }

    func survey() async -> BluetoothSurvey {
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { [feed, mirror, clock] in
                // A lost bus shows nothing more.
                try? await feed.follow(mirror, clock: clock) { continuation.yield() }
                continuation.finish()
            }
            defer { group.cancelAll() }
            var iterator = changes.makeAsyncIterator()
            await iterator.next()
            return await survey(changes: changes)
        }
    }

    private func survey(changes: AsyncStream<Void>) async -> BluetoothSurvey {
        let first = BluetoothSurvey(of: feed.snapshot, lookingFor: straps)
        let missing = first.unheardStraps
        guard !missing.isEmpty else { return first }
        let (scanning, refusals) = await startScan(for: missing)
        @Sendable func now() -> BluetoothSurvey {
            BluetoothSurvey(of: feed.snapshot, lookingFor: straps, scanning: scanning, refusals: refusals)
        }
        guard !scanning.isEmpty else { return now() }
        _ = try? await withTimeout(BluetoothSurveyor.scanLimit, clock: clock) {
            if now().unheardStraps.isEmpty { return }
            for await _ in changes where now().unheardStraps.isEmpty { return }
        }
        // Before the scan ends, for then bluetoothd forgets the signal strengths. It ends with the connection.
        return now()
    }

    /// Returns the scanning adapters, and the answers of the others.
    private func startScan(
        for straps: [StrapConfiguration]
    ) async -> (scanning: Set<ObjectPath>, refusals: [ObjectPath: BusError]) {
        var filter: [String: BusValue] = ["Transport": .string("le")]
        if !straps.contains(where: \.needsUnfilteredScan) {
            filter["UUIDs"] = .strings([GATT.heartRateService])
        }
        let snapshot = feed.snapshot
        let adapters = Set(straps.flatMap { SearchRule(adapter: $0.adapter).adapters(in: snapshot).map(\.path) })
        var scanning: Set<ObjectPath> = []
        var refusals: [ObjectPath: BusError] = [:]
        for path in adapters.sorted() where snapshot.adapters[path]?.isPowered == true {
            feed.scanBegins(on: path)
            do {
                try await withTimeout(BluetoothSurveyor.answerLimit, clock: clock) { [filter, mirror] in
                    let object = mirror.bus.object(path, of: BlueZClient.service)
                    try await object.call(
                        "SetDiscoveryFilter", on: BlueZSnapshot.Interface.adapter, [.properties(filter)])
                    try await object.call("StartDiscovery", on: BlueZSnapshot.Interface.adapter)
                }
                scanning.insert(path)
            } catch let error as BusError where error.isInProgress {
                scanning.insert(path)
            } catch {
                refusals[path] = error as? BusError ?? BusError(name: BusError.Name.noReply, message: "\(error)")
            }
        }
        return (scanning, refusals)
    }
}
