import FoundationEssentials
import Glibc

/// The client id of an uploader at its broker: the same at each start, and another one on each machine. A broker ends
/// the older of two connections with one client id.
package enum MQTTClientID {
    /// The standard place of the machine's id (machine-id(5)).
    package static let machineIDPath = "/etc/machine-id"

    /// The id of this machine, and its host name where it has none, as in some containers.
    package static func machineID(path: String = machineIDPath) -> String {
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        let id = String(decoding: bytes, as: UTF8.self).prefix { !$0.isWhitespace }
        if id.utf8.count == 32, id.allSatisfy(\.isHexDigit) { return String(id) }
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// At most 23 characters, which each broker takes (MQTT 3.1.1, section 3.1.3.1). `name` is that of the output: a
    /// program may have several connections to one broker.
    ///
    /// It does not show the machine's id, which is a secret of the machine: 48 of its 128 bits of information are left.
    package static func derived(from machineID: String, name: String) -> String {
        let digits = String(hash("strapline\0\(machineID)\0\(name)") & 0xFFFF_FFFF_FFFF, radix: 16)
        return "strapline-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// FNV-1a, with the bits mixed (splitmix64).
    private static func hash(_ text: String) -> UInt64 {
        var value = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
