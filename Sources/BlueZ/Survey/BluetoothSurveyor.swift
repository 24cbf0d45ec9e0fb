public import DBus
import Timing

/// Looks at bluetoothd once, and changes nothing: it neither starts bluetoothd nor switches an adapter on. It scans for a
/// few seconds, and only for a strap that is not connected.
public struct BluetoothSurveyor: Sendable {
    /// For the bus, and for bluetoothd, to answer: both do in milliseconds.
    public static let answerLimit: Duration = .seconds(5)
    /// Straps advertise several times a second; one that is not heard by then is off, out of range or connected elsewhere.
    public static let scanLimit: Duration = .seconds(8)

    private static let service = "org.bluez"

    private let clock: any Clock<Duration>
    private let openBus: @Sendable () async throws -> Bus

    public init(
        clock: any Clock<Duration> = ContinuousClock(),
        openBus: @escaping @Sendable () async throws -> Bus = { try await Bus.system() }
    ) {
        self.clock = clock
        self.openBus = openBus
    }

    /// The straps must have unique names.
    public func survey(lookingFor straps: [StrapConfiguration]) async throws(BluetoothSurveyError) -> BluetoothSurvey {
        let bus = try await open()
        do throws(BluetoothSurveyError) {
            let mirror = try await mirror(on: bus)
            let survey = await survey(mirror, lookingFor: straps)
            await bus.close()
            return survey
        } catch {
            await bus.close()
            throw error
        }
    }

    private func open() async throws(BluetoothSurveyError) -> Bus {
        do {
            return try await withTimeout(Self.answerLimit, clock: clock) { [openBus] in try await openBus() }
        } catch let error as BusError where error.isAccessDenied {
            throw .accessDenied("\(error)")
        } catch {
            throw .busUnreachable("\(error)")
        }
    }

    private func mirror(on bus: Bus) async throws(BluetoothSurveyError) -> ObjectMirror {
        let mirror: ObjectMirror?
        do {
            mirror = try await withTimeout(Self.answerLimit, clock: clock) {
                // To ask something of a name that has no owner may start its program.
                guard try await bus.owner(of: Self.service) != nil else { return nil }
                return try await ObjectMirror.start(
                    of: Self.service, on: bus,
                    following: [BlueZSnapshot.Interface.adapter, BlueZSnapshot.Interface.device])
            }
        } catch let error as BusError where error.isAccessDenied {
            throw .accessDenied("\(error)")
        } catch {
            throw .bluetoothdFailed("\(error)")
        }
        guard let mirror, await mirror.isServicePresent else { throw .bluetoothdMissing }
        return mirror
    }

    private func survey(_ mirror: ObjectMirror, lookingFor straps: [StrapConfiguration]) async -> BluetoothSurvey {
        let first = await BluetoothSurvey(of: mirror.objects, lookingFor: straps, scanning: [])
        let missing = first.unheardStraps
        guard !missing.isEmpty else { return first }
        let scanning = await startScan(mirror, for: missing)
        guard !scanning.isEmpty else { return first }
        _ = try? await withTimeout(Self.scanLimit, clock: clock) {
            try await mirror.first { objects in
                let survey = BluetoothSurvey(of: objects, lookingFor: straps, scanning: scanning)
                return survey.unheardStraps.isEmpty ? true : nil
            }
        }
        // Before the scan ends, for then bluetoothd forgets the signal strengths. It ends with the connection.
        return await BluetoothSurvey(of: mirror.objects, lookingFor: straps, scanning: scanning)
    }

    /// Returns the adapters that scan.
    private func startScan(_ mirror: ObjectMirror, for straps: [StrapConfiguration]) async -> Set<ObjectPath> {
        var filter: [String: BusValue] = ["Transport": .string("le")]
        if !straps.contains(where: \.needsUnfilteredScan) {
            filter["UUIDs"] = .strings([GATT.heartRateService])
        }
        var scanning: Set<ObjectPath> = []
        for adapter in await BlueZSnapshot(revision: 0, of: mirror.objects).adapters.values
        where adapter.isPowered && straps.contains(where: adapter.serves) {
            let object = mirror.bus.object(adapter.path, of: Self.service)
            do {
                try await withTimeout(Self.answerLimit, clock: clock) { [filter] in
                    try await object.call(
                        "SetDiscoveryFilter", on: BlueZSnapshot.Interface.adapter, [.properties(filter)])
                    try await object.call("StartDiscovery", on: BlueZSnapshot.Interface.adapter)
                }
                scanning.insert(adapter.path)
            } catch let error as BusError where error.isInProgress {
                scanning.insert(adapter.path)
            } catch {
                // The straps of this adapter are then told as not looked for.
            }
        }
        return scanning
    }
}

extension BluetoothSurvey {
    fileprivate init(
        of objects: MirroredObjects, lookingFor straps: [StrapConfiguration], scanning: Set<ObjectPath>
    ) {
        self.init(of: BlueZSnapshot(revision: 0, of: objects), lookingFor: straps, scanning: scanning)
    }
}
