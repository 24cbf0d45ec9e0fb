import DBus

/// A characteristic of a device, as bluetoothd shows it.
struct DeviceCharacteristic: Sendable, Equatable {
    var path: ObjectPath
    var uuid: String
    /// The UUID of its service.
    var serviceUUID: String?
    /// What it can do, such as `notify`; empty when bluetoothd does not say.
    var flags: Set<String> = []

    /// Its handle in the strap: bluetoothd ends the path with it (`…/char000b`).
    fileprivate var handle: UInt16 {
        let element = path.string.split(separator: "/").last ?? ""
        return element.hasPrefix("char") ? UInt16(element.dropFirst(4), radix: 16) ?? .max : .max
    }
}

/// What a characteristic is used for.
enum CharacteristicUse: Sendable, Hashable {
    case measurement
    case controlPoint
    case detail(StrapCharacteristic)

    static let all = [measurement, controlPoint] + StrapCharacteristic.allCases.map(detail)

    /// By the UUIDs as BlueZ shows them.
    static let byUUID = Dictionary(uniqueKeysWithValues: all.map { ($0.uuid, $0) })

    var uuid: String {
        switch self {
        case .measurement: GATT.heartRateMeasurement
        case .controlPoint: GATT.heartRateControlPoint
        case .detail(let detail): GATT.expanded(detail.rawValue)
        }
    }

    /// The service that defines the characteristic.
    private var serviceUUID: String {
        switch self {
        case .measurement, .controlPoint, .detail(.bodySensorLocation): GATT.heartRateService
        case .detail: GATT.deviceInformationService
        }
    }

    /// The flags that the use needs, the best one first; one of them is enough.
    private var flags: [String] {
        switch self {
        case .measurement: ["notify", "indicate"]
        case .controlPoint: ["write", "write-without-response"]
        case .detail: ["read"]
        }
    }

    /// The characteristics that have the UUID of this use, best first: one rule wherever a device has two of a UUID.
    ///
    /// 1. One whose flags allow the use, or are not shown, comes before one whose flags do not.
    /// 2. One in the service that defines it comes before one in another service.
    /// 3. The better flag comes first: `notify` before `indicate`.
    /// 4. The lower handle comes first.
    func ordered(_ candidates: [DeviceCharacteristic]) -> [ObjectPath] {
        func rank(_ candidate: DeviceCharacteristic) -> (Int, Int, Int, UInt16, ObjectPath) {
            let flag = candidate.flags.isEmpty ? flags.count : flags.firstIndex(where: candidate.flags.contains)
            return (
                flag == nil ? 1 : 0, candidate.serviceUUID == serviceUUID ? 0 : 1, flag ?? .max, candidate.handle,
                candidate.path
            )
        }
        return candidates.filter { $0.uuid == uuid }.sorted { rank($0) < rank($1) }.map(\.path)
    }
}

extension BlueZSnapshot.Device {
    /// Every Heart Rate Measurement that the device shows, the one to listen to first.
    var measurementPaths: [ObjectPath] { (measurementPath.map { [$0] } ?? []) + otherMeasurementPaths }

    /// Takes the paths of the used characteristics from all characteristics of the device.
    mutating func take(_ characteristics: [DeviceCharacteristic]) {
        let measurements = CharacteristicUse.measurement.ordered(characteristics)
        measurementPath = measurements.first
        otherMeasurementPaths = Array(measurements.dropFirst())
        controlPointPath = CharacteristicUse.controlPoint.ordered(characteristics).first
        detailPaths = [:]
        for detail in StrapCharacteristic.allCases {
            detailPaths[detail] = CharacteristicUse.detail(detail).ordered(characteristics).first
        }
    }
}
