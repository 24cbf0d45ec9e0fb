public import DBus
import Timing

/// Examines bluetoothd once and changes nothing: it neither starts bluetoothd nor switches an adapter on.
///
/// It scans for a few seconds, and only if a strap is not connected.
///
/// ```swift
/// let survey = try await BluetoothSurveyor().survey(lookingFor: [])
/// for adapter in survey.adapters { print(adapter.name, adapter.address) }
/// ```
public struct BluetoothSurveyor: Sendable {
    /// The time limit for answers of the bus and of bluetoothd. Both answer in milliseconds.
    public static let answerLimit: Duration = .seconds(5)
    /// The length of the scan. Straps advertise several times a second: a strap that is not found in this time is off,
    /// out of range or connected elsewhere.
    public static let scanLimit: Duration = .seconds(8)

    private static let service = BlueZClient.service

    private let clock: any Clock<Duration>
    private let openBus: @Sendable () async throws -> Bus

    /// Makes a surveyor.
    ///
    /// - Parameters:
    ///   - clock: measures the time limits.
    ///   - openBus: connects to the bus on which bluetoothd is.
    public init(
        clock: any Clock<Duration> = ContinuousClock(),
        openBus: @escaping @Sendable () async throws -> Bus = { try await Bus.system() }
    ) {
        self.clock = clock
        self.openBus = openBus
    }

    /// Examines the adapters and these straps, which have unique names.
    public func survey(lookingFor straps: [StrapConfiguration]) async throws(BluetoothSurveyError) -> BluetoothSurvey {
        let bus = try await open()
        do throws(BluetoothSurveyError) {
            let mirror = try await mirror(on: bus)
            let survey = await BluetoothSearch(mirror, straps: straps, clock: clock).survey()
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
                // A call to a name without an owner may start its program.
                guard try await bus.owner(of: Self.service) != nil else { return nil }
                return try await ObjectMirror.start(
                    of: Self.service, on: bus,
                    following: [BlueZSnapshot.Interface.adapter, BlueZSnapshot.Interface.device],
                    keeping: BlueZProperties.kept)
            }
        } catch let error as BusError where error.isAccessDenied {
            throw .accessDenied("\(error)")
        } catch {
            throw .bluetoothdFailed("\(error)")
        }
        guard let mirror, await mirror.isServicePresent else { throw .bluetoothdMissing }
        return mirror
    }
}

/// The survey failed. The texts are those of the bus.
public enum BluetoothSurveyError: Error, Sendable, Equatable {
    /// There is no connection to the bus.
    case busUnreachable(String)
    /// The bus does not allow this user to talk to bluetoothd.
    case accessDenied(String)
    /// bluetoothd does not run.
    case bluetoothdMissing
    /// bluetoothd answers with this error, or not at all.
    case bluetoothdFailed(String)
}
