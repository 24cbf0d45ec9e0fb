package import BlueZ
import HeartRate
import TextFormats

/// A device in words for a terminal.
extension NearbyDevice {
    /// The name without control characters: it comes from the air.
    var printableName: String? {
        let printable = name.map { $0.printable() } ?? ""
        return printable.isEmpty ? nil : printable
    }

    /// `Polar H10 A1B2C3D4 (C4:11:22:33:44:55)`
    package var title: String { printableName.map { "\($0) (\(address))" } ?? address.description }

    var signalText: String { signalStrength.map { "\($0) dBm" } ?? "" }

    /// How heart rate can be had from it.
    var heartRateText: String {
        let beats = broadcast.map { $0.beatsPerMinute > 0 ? "broadcast \($0.beatsPerMinute) bpm" : "broadcast" }
        return [offersHeartRate ? "yes" : nil, beats].compactMap(\.self).joined(separator: ", ")
    }

    /// A hint after a connection to a strap that needs none.
    package var broadcastHint: String? {
        broadcast.map { _ in
            "It broadcasts its heart rate too: `mode: broadcast` in the configuration needs no connection."
        }
    }

    var batteryText: String { batteryPercent.map { "\($0) %" } ?? "" }

    var stateText: String {
        [
            isPaired ? "paired" : nil, isTrusted ? "trusted" : nil, isConnected ? "connected" : nil,
            isHeard ? nil : "not heard", hasPrivateAddress ? "address changes" : nil,
        ].compactMap(\.self).joined(separator: ", ")
    }
}
