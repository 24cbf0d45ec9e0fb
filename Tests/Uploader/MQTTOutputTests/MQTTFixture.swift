import Destinations
import HeartRate
import MQTT
import Outbox
import TestKit

@testable import BlueZ
@testable import Outputs

/// Values for the tests of the output.
enum MQTTFixture {
    static let clientID = "strapline-test"
    static let link = "strapline/uploader/strapline-test/status"
    static let straps = "strapline/uploader/strapline-test/straps"
    static let config = "homeassistant/device/strapline_chest/config"

    static func settings(_ values: [String: OptionValues.Value] = [:]) throws -> MQTTSettings {
        let standard: [String: OptionValues.Value] = [
            "address": .text("mqtt://127.0.0.1"), "client_id": .text(clientID),
        ]
        return try MQTTSettings(
            OptionValues(standard.merging(values) { $1 }), name: "mqtt", machineID: "0123456789abcdef0123456789abcdef")
    }

    static func reading(
        _ rate: UInt16, at milliseconds: Int64, rr: [UInt16] = [], contact: SensorContact = .detected,
        strap: String = "chest"
    ) -> Reading {
        Reading(
            strap: strap,
            measurement: HeartRateMeasurement(beatsPerMinute: rate, contact: contact, rrIntervals: rr),
            measuredAtMilliseconds: 1_767_225_600_000 + milliseconds, bootMilliseconds: milliseconds)
    }

    /// A live strap with this rate as its newest reading.
    static func live(
        _ rate: UInt16, at milliseconds: Int64, rr: [UInt16] = [], name: String = "chest"
    ) -> LiveStrap {
        let reading = reading(rate, at: milliseconds, rr: rr, strap: name)
        var strap = LiveStrap(name: name, value: .heartRate(reading))
        strap.readings = [reading]
        strap.hasContact = true
        return strap
    }

    static func absent(_ absence: LiveStrap.Absence, name: String = "chest") -> LiveStrap {
        LiveStrap(name: name, value: .none(absence))
    }

    static func device(_ address: String, _ name: String?) -> StrapState.Device? {
        BluetoothAddress(address).map { StrapState.Device(address: $0, name: name) }
    }

    static var details: StrapDetails {
        var details = StrapDetails()
        details.manufacturerName = "Polar Electro Oy"
        details.modelNumber = "H10"
        details.serialNumber = "A1B2C3D4"
        details.firmwareRevision = "3.1.1"
        details.batteryPercent = 80
        return details
    }
}

extension [MQTTMessage] {
    /// `TOPIC PAYLOAD`, with ` !` at the end of those that are retained.
    var shown: [String] { map { "\($0.topic) \($0.payload)\($0.isRetained ? " !" : "")" } }

    func payloads(of topic: String) -> [String] { filter { $0.topic == topic }.map(\.payload) }
}
