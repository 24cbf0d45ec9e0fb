public import DBus
import Timing

/// Looks at bluetoothd once, and changes nothing: it neither starts bluetoothd nor switches an adapter on. It scans for
/// a few seconds, and only for a strap that is not connected.
public struct BluetoothSurveyor: Sendable {
    /// For the bus, and for bluetoothd, to answer: both do in milliseconds.
    public static let answerLimit: Duration = .seconds(5)
    /// Straps advertise several times a second; one that is not heard by then is off, out of range or connected
    /// elsewhere.
    public static let scanLimit: Duration = .seconds(8)

    private static let service = BlueZClient.service

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
                // To ask something of a name that has no owner may start its program.
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

/// Why bluetoothd could not be looked at; the texts are the bus's own.
public enum BluetoothSurveyError: Error, Sendable, Equatable {
    case busUnreachable(String)
    /// The bus, or its policy for `org.bluez`, turns this user away.
    case accessDenied(String)
    case bluetoothdMissing
    /// The bus is there, and bluetoothd answers with this error, or not at all.
    case bluetoothdFailed(String)
}
