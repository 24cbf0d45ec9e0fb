import DateFormats
import FoundationEssentials
package import PulsoidAPI

extension RoomMessage {
    /// The message as a stream sends it: JSON.
    package func text() throws -> String {
        if case .heartRate(let heartRate) = payload {
            return Self.heartRateText(
                profileID: heartRate.profileID, bpm: heartRate.bpm, measuredAtMilliseconds: timestampMilliseconds)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// A `heart_rate` message, written by hand because there is one for each reading. Profile IDs are hexadecimal
    /// digits, which need no escape in JSON.
    package static func heartRateText(profileID: String, bpm: Int, measuredAtMilliseconds: Int64) -> String {
        let timestamp = ISO8601.text(milliseconds: measuredAtMilliseconds)
        return #"{"kind":"heart_rate","timestamp":"\#(timestamp)","#
            + #""heart_rate":{"profile_id":"\#(profileID)","bpm":\#(bpm)}}"#
    }
}
