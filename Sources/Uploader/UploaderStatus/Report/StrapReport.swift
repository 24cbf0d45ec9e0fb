package import BlueZ
package import HeartRate
package import Outputs

/// How it stands with one strap.
package struct StrapReport: Codable, Equatable, Sendable {
    package var strap: String
    package var state: StrapState.Phase
    /// Why, and what to do, where there is more to say.
    package var reason: String?
    var stateAge: Int64
    package var address: String?
    var deviceName: String?
    /// Of a strap that is live, and of no other.
    package var beatsPerMinute: UInt16?
    /// Since the last measurement arrived, whether or not it was a heart rate.
    package var readingAge: Int64?
    /// What the last measurement says, while there is a link.
    package var contact: String?
    /// The last value: a strap sends it now and then.
    var energyKilojoules: UInt16?
    package var batteryPercent: UInt8?
    package var bodyLocation: String?
    var manufacturer: String?
    var model: String?
    var serialNumber: String?
    package var firmwareRevision: String?
    /// Packets since the start that were no measurement.
    package var malformed: Int
    /// Measurements since the start that the outbox did not take in time.
    package var lost: Int
    /// The session that runs; left out if there is none, or if it cannot be looked up.
    package var session: RunningSession?

    /// Heart rate variability of the last minutes; left out unless the strap is live.
    package var variability: LiveVariabilityReport?

    /// A session, as far as a status shows it.
    package struct RunningSession: Codable, Equatable, Sendable {
        package var id: Int64
        package var startedAtMilliseconds: Int64
        package var lengthMilliseconds: Int64

        enum CodingKeys: String, CodingKey {
            case id
            case startedAtMilliseconds = "started_at_ms"
            case lengthMilliseconds = "length_ms"
        }

        package init(id: Int64, startedAtMilliseconds: Int64, lengthMilliseconds: Int64) {
            self.id = id
            self.startedAtMilliseconds = startedAtMilliseconds
            self.lengthMilliseconds = lengthMilliseconds
        }
    }

    enum CodingKeys: String, CodingKey {
        case strap, state, reason, address, contact, manufacturer, model, malformed, lost, session
        case stateAge = "state_age_ms"
        case deviceName = "device_name"
        case beatsPerMinute = "bpm"
        case readingAge = "reading_age_ms"
        case energyKilojoules = "energy_kj"
        case batteryPercent = "battery_percent"
        case bodyLocation = "body_location"
        case serialNumber = "serial_number"
        case variability = "hrv"
        case firmwareRevision = "firmware_revision"
    }
}

extension BodySensorLocation {
    package var word: String {
        switch self {
        case .earLobe: "ear lobe"
        default: "\(self)"
        }
    }
}
